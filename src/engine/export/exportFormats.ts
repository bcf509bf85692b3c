/** The forms in which a model can be taken out, and what is told of one that was. */

export const EXPORT_FORMATS = ['merged', 'gguf-f16', 'gguf-q8_0'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** How often the export says what the model says. */
export interface Agreement {
  readonly prompts: number;
  /** prompts with the same answer, token by token */
  readonly identical: number;
  /** answered by the model as it was trained, the end of an answer included */
  readonly tokens: number;
  /** of those, how many the export finds most probable too after the same beginning */
  readonly agreeing: number;
}

export interface ExportReport {
  readonly format: ExportFormat;
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly parameters: number;
  readonly agreement: Agreement;
  /** what the reader should know, in a sentence each */
  readonly notes: readonly string[];
}

export interface ExportProgress {
  /** `reference`: asking the model as it is; `check`: asking what was written */
  readonly phase: 'reference' | 'write' | 'check';
  /** of the phase, from 0 to 1 */
  readonly share: number;
}

export interface ExportHooks {
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
  /** looked at between tensors and between layers; an aborted export leaves nothing behind */
  readonly signal?: AbortSignal | undefined;
}
