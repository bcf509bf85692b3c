/** Exports in words: the forms to choose from, how far one is, what came of it. */

import { EXPORT_FORMATS, type ExportFormat, type ExportProgress, type ExportReport } from '../../engine/export/exportFormats.ts';
import { formatBytes, formatCount, formatPercent } from './numbers.ts';

export { EXPORT_FORMATS };

export const EXPORT_WORDS: Readonly<Record<ExportFormat, { readonly label: string; readonly detail: string }>> = {
  'merged': { label: 'Merged model folder', detail: 'Hugging Face layout in the base model\'s precision, for transformers, vLLM and further training' },
  'gguf-q8_0': { label: 'GGUF, 8 bits', detail: 'For llama.cpp, LM Studio and Ollama; about half the size of 16 bits, answers almost always the same' },
  'gguf-f16': { label: 'GGUF, 16 bits', detail: 'For llama.cpp, LM Studio and Ollama; as exact as the weights' },
};

/** "Writing 43%" */
export function exportProgressText({ phase, share }: ExportProgress): string {
  if (phase === 'write') return `Writing ${formatPercent(share)}`;
  return phase === 'reference' ? 'Asking the tuned model' : 'Asking the exported model';
}

/** What was checked, in one sentence. */
export function agreementText({ agreement: { prompts, identical, tokens, agreeing } }: ExportReport): string {
  if (identical === prompts) return `Checked: it answers ${formatCount(prompts)} prompts exactly as the tuned model does.`;
  return `Checked: ${formatCount(agreeing)} of ${formatCount(tokens)} tokens of the tuned model's answers to ${formatCount(prompts)} prompts are the same.`;
}

export function reportLines(report: ExportReport): string[] {
  const width = Math.max(...report.files.map(({ name }) => name.length));
  return [
    `Exported to ${report.folder}`,
    ...report.files.map(({ name, bytes }) => `  ${name.padEnd(width)}  ${formatBytes(bytes)}`),
    agreementText(report),
    ...report.notes,
  ];
}
