/** Google's Gemini Enterprise Agent Platform, formerly Vertex AI. */

import type { Source, Target } from './target.ts';

const TUNING = 'https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/tuning';
const SUPERVISED: Source = { url: `${TUNING}/supervised-tuning`, date: '2026-11' };
const PREPARE: Source = { url: 'https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini-supervised-tuning-prepare', date: '2026-11' };
const TASKS: Source = { url: `${TUNING}/reinforcement-tuning/reinforcement-tuning-job/tuning-dataset`, date: '2026-11' };
/** @google/genai 3.1.0, `GeminiPreferenceExample` */
const SDK: Source = { url: 'https://www.npmjs.com/package/@google/genai/v/3.1.0', date: '2026-11-10' };

export const GEMINI_TARGETS: readonly Target[] = [
  {
    id: 'gemini-sft', title: 'Gemini (SFT)', technique: 'sft',
    formats: ['gemini'], kinds: ['conversation'], source: PREPARE,
    files: { kinds: ['jsonl'], gzip: false, ...PREPARE },
    rows: { max: 10_000_000, ...SUPERVISED },
    fileBytes: { max: 1e9, ...SUPERVISED },
    tokensPerRow: { max: 131_072, ...SUPERVISED },
    note: 'Google advises to start with about 100 examples.',
  },
  {
    id: 'gemini-preference', title: 'Gemini (preference)', technique: 'dpo',
    formats: ['gemini-preference'], kinds: ['preference', 'ranking'], source: SDK,
    files: { kinds: ['jsonl'], gzip: false, ...PREPARE },
  },
  {
    id: 'gemini-rft', title: 'Gemini (RFT)', technique: 'rft',
    formats: ['gemini-rft'], kinds: ['task'], source: TASKS,
    files: { kinds: ['jsonl'], gzip: false, ...TASKS },
    rows: { max: 5000, ...TASKS },
    fileBytes: { max: 1e9, ...TASKS },
    tokensPerRow: { max: 32_768, ...TASKS },
    note: 'A preview: not for confidential data or production.',
  },
];
