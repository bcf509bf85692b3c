/** Amazon Bedrock: Nova by its own API, open-weight models by the one that speaks as OpenAI's. */

import type { Source, Target, TurnRules } from './target.ts';

/** nova-forge-sdk a4d5b3d, which cites Amazon's own validator in aws-samples/amazon-nova-samples. */
const FORGE_CHECKS: Source = { url: 'https://github.com/aws/nova-forge-sdk/blob/a4d5b3d/src/amzn_nova_forge/dataset/configs/dataset_checks_config.py', date: '2026-05-14' };
const PREPARE: Source = { url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html', date: '2026-08' };
const RFT_DATA: Source = { url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html', date: '2026-08' };
const RFT_NOVA: Source = { url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/rft-nova-models.html', date: '2026-08' };
const FORGE_RFT: Source = { url: 'https://github.com/aws/nova-forge-sdk/blob/a4d5b3d/src/amzn_nova_forge/dataset/dataset_validator/rft_dataset_validator.py', date: '2026-05-14' };
const DISTILLATION: Source = { url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/prequisites-model-distillation.html', date: '2026-08' };
const OPEN_WEIGHT: Source = { url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/fine-tuning-openai-apis.html', date: '2026-08' };

/** Found in any text of a row, they make a supervised job on Nova fail. */
export const NOVA_RESERVED_WORDS: NonNullable<Target['reservedWords']> = {
  words: ['System:', 'SYSTEM:', 'User:', 'USER:', 'Bot:', 'BOT:', 'Assistant:', 'ASSISTANT:', 'Thought:', '[EOS]', '<image>', '<video>', '<unk>'],
  ...FORGE_CHECKS,
};

export const NOVA_TURNS: TurnRules = { systemFirst: true, userFirst: true, alternating: true, ...FORGE_CHECKS };

export const NOVA_TASK_TURNS: TurnRules = { systemFirst: true, noEmpty: true, ...FORGE_RFT };

/** Forge refuses a file where an optional field is in some rows and not in others. */
export const NOVA_SAME_FIELDS: Source = FORGE_RFT;

export const BEDROCK_TARGETS: readonly Target[] = [
  {
    id: 'bedrock-nova-sft', title: 'Bedrock Nova Micro, Lite, Pro (SFT)', technique: 'sft',
    formats: ['bedrock-conversation'], kinds: ['conversation'], source: PREPARE,
    files: { kinds: ['jsonl'], gzip: false, ...PREPARE },
    rows: { min: 8, max: 20_000, ...FORGE_CHECKS },
    tokensPerRow: { max: 32_000, ...PREPARE },
    reservedWords: NOVA_RESERVED_WORDS,
    turns: NOVA_TURNS,
  },
  {
    id: 'bedrock-nova2-sft', title: 'Bedrock Nova 2 Lite (SFT)', technique: 'sft',
    formats: ['bedrock-conversation'], kinds: ['conversation'], source: PREPARE,
    files: { kinds: ['jsonl'], gzip: false, ...PREPARE },
    rows: { min: 200, max: 20_000, ...FORGE_CHECKS },
    reservedWords: NOVA_RESERVED_WORDS,
    turns: NOVA_TURNS,
    note: 'An older validator of Amazon asks for 8 rows only.',
  },
  {
    id: 'bedrock-nova-rft', title: 'Bedrock Nova 2 Lite (RFT)', technique: 'rft',
    formats: ['bedrock-rft'], kinds: ['task'], source: RFT_DATA,
    files: { kinds: ['jsonl'], gzip: false, ...RFT_DATA },
    rows: { min: 100, max: 20_000, ...RFT_NOVA },
    turns: { ...NOVA_TASK_TURNS, singleTurn: true, textOnly: true, ...RFT_NOVA },
    sameFields: NOVA_SAME_FIELDS,
  },
  {
    id: 'bedrock-distillation', title: 'Bedrock (distillation)', technique: 'distill',
    formats: ['bedrock-conversation'], kinds: ['conversation'], source: DISTILLATION,
    files: { kinds: ['jsonl'], gzip: false, ...DISTILLATION },
    rows: { min: 100, max: 15_000, ...DISTILLATION },
    fileBytes: { max: 1e9, ...DISTILLATION },
    turns: { systemFirst: true, userFirst: true, alternating: true, singleTurn: true, textOnly: true, ...DISTILLATION },
    note: 'The answer may be left out: the teacher writes it. Prompts that are not valid are dropped without a word.',
  },
  {
    id: 'bedrock-open-sft', title: 'Bedrock open-weight models (SFT)', technique: 'sft',
    formats: ['openai-chat'], kinds: ['conversation'], source: OPEN_WEIGHT,
    files: { kinds: ['jsonl'], gzip: false, ...OPEN_WEIGHT },
    note: 'The documentation describes reinforcement only; a sample notebook mentions supervised jobs. No limits are published.',
  },
  {
    id: 'bedrock-open-rft', title: 'Bedrock open-weight models (RFT)', technique: 'rft',
    formats: ['bedrock-rft', 'openai-rft'], kinds: ['task'], source: OPEN_WEIGHT,
    files: { kinds: ['jsonl'], gzip: false, ...OPEN_WEIGHT },
    rows: { min: 100, max: 20_000, ...OPEN_WEIGHT },
  },
];
