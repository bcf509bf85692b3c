/** The techniques in words. */

import type { Technique } from '../recipes/kinds.ts';

interface TechniqueWords {
  /** completes "by …" */
  readonly name: string;
  /** "SFT" */
  readonly short: string;
  readonly help: string;
  readonly loss: string;
  readonly heldOut: string;
}

const IMITATION = {
  loss: 'How surprised the model is by the answers it trains on. Lower is better.',
  heldOut: 'The same on rows it does not train on. Rising while loss falls means it memorizes.',
};

export const TECHNIQUE_WORDS: Readonly<Record<Technique, TechniqueWords>> = {
  sft: {
    name: 'supervised fine-tuning',
    short: 'SFT',
    help: 'Supervised fine-tuning: the model learns to give the answers of the dataset.',
    ...IMITATION,
  },
  dpo: {
    name: 'direct preference optimization',
    short: 'DPO',
    help: 'Direct preference optimization: the model learns to prefer the better of two answers.',
    loss: 'How far the model is from preferring the better answers. It starts at 0.693, and lower is better.',
    heldOut: 'The same on pairs it does not train on. Rising while loss falls means it memorizes.',
  },
  rft: {
    name: 'reinforcement fine-tuning',
    short: 'RFT',
    help: 'Reinforcement fine-tuning: the model answers by itself, a reward grades it, and it learns from what scored well.',
    loss: 'What each step makes smaller; of rewards it says little. Watch the mean reward instead.',
    heldOut: 'The same on rows it does not train on.',
  },
  distill: {
    name: 'distillation',
    short: 'Distillation',
    help: 'Distillation: the model learns to give the answers that a larger one gives.',
    ...IMITATION,
  },
  cpt: {
    name: 'continued pre-training',
    short: 'CPT',
    help: 'Continued pre-training: the model reads text and learns to go on with it.',
    loss: 'How surprised the model is by the next token of the text. Lower is better.',
    heldOut: 'The same on text it does not train on. Rising while loss falls means it memorizes.',
  },
};
