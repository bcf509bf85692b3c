/** Microsoft Foundry, which speaks OpenAI's fine-tuning API. */

import type { Source, Target } from './target.ts';

/** fine-tuning-rest.md */
const REST: Source = { url: 'https://github.com/MicrosoftDocs/azure-ai-docs/tree/d744b80', date: '2026-10' };
/** quotas-limits.md */
const QUOTAS: Source = { url: 'https://github.com/MicrosoftDocs/azure-ai-docs/tree/1205cbf', date: '2026-02' };
const OPENAI_SFT: Source = { url: 'https://github.com/openai/openai-openapi', date: '2026-08-21' };
const OPENAI_DPO: Source = { url: 'https://developers.openai.com/api/docs/guides/direct-preference-optimization', date: '2026-08' };
const OPENAI_RFT: Source = { url: 'https://developers.openai.com/api/docs/guides/reinforcement-fine-tuning', date: '2026-08' };
/** how-to-reinforcement-fine-tuning-content.md */
const RFT: Source = { url: 'https://github.com/MicrosoftDocs/azure-ai-docs/tree/0ec7a25', date: '2026-03' };

const FILES = {
  files: { kinds: ['jsonl'], gzip: false, ...REST },
  fileBytes: { max: 512e6, ...QUOTAS },
} as const satisfies Partial<Target>;

export const FOUNDRY_TARGETS: readonly Target[] = [
  {
    id: 'foundry-sft', title: 'Microsoft Foundry (SFT)', technique: 'sft',
    formats: ['openai-chat'], kinds: ['conversation'], source: OPENAI_SFT, ...FILES,
    rows: { min: 10, ...REST },
  },
  {
    id: 'foundry-dpo', title: 'Microsoft Foundry (DPO)', technique: 'dpo',
    formats: ['openai-dpo'], kinds: ['preference'], source: OPENAI_DPO, ...FILES,
    rows: { min: 10, ...REST },
    turns: { textOnly: true, ...OPENAI_DPO },
  },
  {
    id: 'foundry-rft', title: 'Microsoft Foundry (RFT)', technique: 'rft',
    formats: ['openai-rft', 'bedrock-rft'], kinds: ['task'], source: RFT, ...FILES,
    rows: { min: 10, max: 50_000, ...OPENAI_RFT },
    note: 'A validation file is required, too.',
  },
];
