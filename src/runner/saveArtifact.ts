/** Writes the tuned model where every tool of the field can load it. */

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parseHubId } from '../core/backends/local/hub/hubId.ts';
import { ARTIFACT_NOTES, weightsFile, type ArtifactNotes } from '../core/jobs/artifact.ts';
import { saveAdapter } from '../engine/model/adapter.ts';
import { writeAtomically } from '../engine/model/atomicFile.ts';
import { savePretrained, type FrozenModel } from '../engine/model/pretrained.ts';
import { TOKENIZER_FILES } from '../engine/text/chatTokenizer.ts';
import type { Trained } from '../engine/train/training.ts';

export interface ArtifactParts {
  readonly jobId: string;
  /** `starter`, a folder, or a model of the hub at its commit */
  readonly baseModel: string;
  readonly model: FrozenModel;
  readonly trained: Trained;
  readonly systemPrompt: string | undefined;
}

/**
 * Writes adapter or weights, the tokenizer's files, and last the notes that make the folder complete.
 *
 * @throws UserError "file.write.failed"
 */
export async function saveArtifact(folder: string, parts: ArtifactParts): Promise<void> {
  const { jobId, baseModel, model, trained, systemPrompt } = parts;
  await mkdir(folder, { recursive: true });
  const method = 'adapter' in trained ? 'lora' : 'full';
  if ('adapter' in trained) {
    // PEFT wants the name alone; the notes keep the commit.
    await saveAdapter(folder, trained.adapter, parseHubId(baseModel)?.name ?? baseModel);
    await copyTokenizer(model.folder, folder);
  } else {
    await savePretrained(folder, { configJson: model.configJson, weights: trained.weights, dtype: 'F32', tokenizerFolder: model.folder });
  }
  const sha256 = createHash('sha256').update(await readFile(weightsFile(folder, method))).digest('hex');
  const notes: ArtifactNotes = { version: 1, jobId, baseModel, method, systemPrompt, sha256 };
  await writeAtomically(join(folder, ARTIFACT_NOTES), [new TextEncoder().encode(`${JSON.stringify(notes, null, 2)}\n`)]);
}

/** As PEFT and TRL do: an adapter is of no use without the template that it was trained with. */
async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of TOKENIZER_FILES) {
    await copyFile(join(from, name), join(to, name)).catch((fault: unknown) => {
      if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault; // most models have only some of them
    });
  }
}
