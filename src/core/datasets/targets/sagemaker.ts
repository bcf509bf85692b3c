/** Amazon SageMaker AI, serverless: open-weight models, and Nova with formats of its own. */

import { NOVA_RESERVED_WORDS, NOVA_SAME_FIELDS, NOVA_TASK_TURNS, NOVA_TURNS } from './bedrock.ts';
import type { Source, Target } from './target.ts';

const FORMATS_BY_TECHNIQUE: Source = { url: 'https://github.com/awslabs/agent-plugins/tree/main/plugins/sagemaker-ai', date: '2026-08' };
/** sagemaker-python-sdk a24812666, ai_registry */
const REGISTRY: Source = { url: 'https://github.com/aws/sagemaker-python-sdk/tree/a24812666/sagemaker-train/src/sagemaker/ai_registry', date: '2026-08-21' };
const FORGE_CPT: Source = { url: 'https://github.com/aws/nova-forge-sdk/blob/a4d5b3d/src/amzn_nova_forge/dataset/dataset_validator/cpt_dataset_validator.py', date: '2026-05-14' };

/** What the registry of datasets takes. */
const FILES = {
  files: { kinds: ['jsonl', 'parquet', 'json', 'csv'], gzip: false, ...REGISTRY },
  fileBytes: { max: 1e9, ...REGISTRY },
} as const satisfies Partial<Target>;

const NOVA_FILES = { ...FILES, files: { ...FILES.files, kinds: ['jsonl'] } } as const satisfies Partial<Target>;

export const SAGEMAKER_TARGETS: readonly Target[] = [
  {
    id: 'sagemaker-sft', title: 'SageMaker open-weight models (SFT)', technique: 'sft',
    formats: ['prompt-completion'], kinds: ['conversation'], source: FORMATS_BY_TECHNIQUE, ...FILES,
  },
  {
    id: 'sagemaker-dpo', title: 'SageMaker open-weight models (DPO)', technique: 'dpo',
    formats: ['trl-preference'], kinds: ['preference'], source: FORMATS_BY_TECHNIQUE, ...FILES,
  },
  {
    id: 'sagemaker-rlvr', title: 'SageMaker open-weight models (RLVR)', technique: 'rft',
    formats: ['verl'], kinds: ['task'], source: FORMATS_BY_TECHNIQUE, ...FILES,
  },
  {
    id: 'sagemaker-rlaif', title: 'SageMaker open-weight models (RLAIF)', technique: 'rft',
    formats: ['verl'], kinds: ['task'], source: FORMATS_BY_TECHNIQUE, ...FILES,
  },
  {
    id: 'sagemaker-nova-sft', title: 'SageMaker Nova (SFT)', technique: 'sft',
    formats: ['bedrock-conversation'], kinds: ['conversation'], source: FORMATS_BY_TECHNIQUE, ...NOVA_FILES,
    reservedWords: NOVA_RESERVED_WORDS, turns: NOVA_TURNS,
    note: 'At least as many rows as the global batch size.',
  },
  {
    id: 'sagemaker-nova-dpo', title: 'SageMaker Nova (DPO)', technique: 'dpo',
    formats: ['nova-dpo'], kinds: ['preference', 'ranking'], source: FORMATS_BY_TECHNIQUE, ...NOVA_FILES,
  },
  {
    id: 'sagemaker-nova-rft', title: 'SageMaker Nova (RLVR, RLAIF)', technique: 'rft',
    formats: ['bedrock-rft'], kinds: ['task'], source: FORMATS_BY_TECHNIQUE, ...NOVA_FILES,
    turns: NOVA_TASK_TURNS, sameFields: NOVA_SAME_FIELDS,
  },
  {
    id: 'sagemaker-nova-cpt', title: 'SageMaker Nova (continued pre-training)', technique: 'cpt',
    formats: ['text'], kinds: ['text'], source: FORGE_CPT,
    files: { kinds: ['jsonl'], gzip: false, ...FORGE_CPT },
  },
];
