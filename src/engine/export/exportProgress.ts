/** How far an export is. */

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
