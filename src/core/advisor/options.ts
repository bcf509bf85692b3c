/** What the advisor can recommend. */

export const OPTIONS = {
  'prompt-only': { title: 'Improve the prompt', means: 'Write better instructions, add examples or look facts up at the time of asking; nothing is trained.' },
  'dont-train': { title: "Don't train", means: 'The base model already does it; training can only cost.' },
  'more-data': { title: 'Get more data first', means: 'Collect, generate or mend rows before training.' },
  sft: { title: 'Supervised fine-tuning', means: 'The model imitates the answers of the dataset.' },
  dpo: { title: 'Preference fine-tuning (DPO)', means: 'The model learns to prefer the better of two answers.' },
  rft: { title: 'Reinforcement fine-tuning', means: 'The model answers by itself, a reward grades it, and it learns from what scored well.' },
  'sft-then-rft': { title: 'Supervised, then reinforcement fine-tuning', means: 'Imitation first, until the model succeeds now and then; then rewards.' },
  distill: { title: 'Distillation', means: 'A larger model, or the same one with its long prompt, writes the answers that the smaller one learns.' },
  cpt: { title: 'Continued pre-training', means: 'The model reads a large body of text of your field, without questions.' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly means: string }>>;

export type Option = keyof typeof OPTIONS;
