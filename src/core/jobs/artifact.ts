/** The folder of a tuned model: adapter or whole weights, tokenizer, and notes for those who will use it. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const ARTIFACT_NOTES = 'tunesmith.json';

/** Written last: an artifact that has them is complete. */
export interface ArtifactNotes {
  readonly version: 1;
  readonly jobId: string;
  /** `starter`, a folder, or `org/name@commit` of the hub: what a LoRA adapter is applied to */
  readonly baseModel: string;
  readonly method: 'lora' | 'full';
  /** the system message that all training rows share */
  readonly systemPrompt: string | undefined;
  /** of the weights file */
  readonly sha256: string;
}

export function weightsFile(folder: string, method: ArtifactNotes['method']): string {
  return join(folder, method === 'lora' ? 'adapter_model.safetensors' : 'model.safetensors');
}

/** @returns undefined when the folder holds no complete artifact */
export async function readArtifactNotes(folder: string): Promise<ArtifactNotes | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, ARTIFACT_NOTES), 'utf8')) as ArtifactNotes;
  } catch {
    return undefined;
  }
}

/** What a list of models shows of it; undefined when it is gone or incomplete. */
export async function describeArtifact(
  folder: string,
): Promise<{ readonly bytes: number; readonly systemPrompt: string | undefined } | undefined> {
  const notes = await readArtifactNotes(folder);
  if (!notes) return undefined;
  try {
    return { bytes: (await stat(weightsFile(folder, notes.method))).size, systemPrompt: notes.systemPrompt };
  } catch {
    return undefined; // its weights were removed by hand
  }
}
