/** "Export Model": asks which, in what form and where to, writes over nothing, and says what the check found. */

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { JobClient, ModelEntry } from '../../core/jobs/jobClient.ts';
import { agreementText, EXPORT_FORMATS, EXPORT_WORDS, exportProgressText } from '../../core/wording/exports.ts';
import { formatBytes } from '../../core/wording/numbers.ts';
import type { ModelArgument } from '../../ids.ts';
import type { Screen } from '../screen.ts';
import { joinSentences } from '../words.ts';
import { modelDescription } from './modelText.ts';

export class ExportManager {
  readonly #screen: Screen;
  readonly #client: () => Promise<Pick<JobClient, 'models' | 'exportModel'>>;

  constructor(screen: Screen, client: () => Promise<Pick<JobClient, 'models' | 'exportModel'>>) {
    this.#screen = screen;
    this.#client = client;
  }

  async export(argument: ModelArgument | undefined): Promise<void> {
    const client = await this.#client();
    const model = await this.#chooseModel(await client.models(), argument);
    if (model === undefined) return;
    const format = await this.#screen.choose({ title: `Export ${model.label} in what form?` },
      EXPORT_FORMATS.map((value) => ({ ...EXPORT_WORDS[value], icon: value === 'merged' ? 'folder' : 'file-binary', value })));
    if (format === undefined) return;
    const parent = await this.#screen.chooseFolder('Where shall the exported model go?', 'Export Here');
    if (parent === undefined) return;
    const folder = await freeFolder(parent, `${model.label.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'model'}-${format}`);
    const report = await this.#screen.progress(`Exporting ${model.label}`, (tell, signal) =>
      client.exportModel({ model: model.ref, format, folder }, (progress) => tell(exportProgressText(progress)), signal));
    if (report === undefined) return;
    const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0);
    const message = joinSentences(`${model.label} was exported to ${folder} (${formatBytes(bytes)})`, agreementText(report), ...report.notes);
    if (await this.#screen.tell('information', message, ['Reveal'])) await this.#screen.reveal(folder);
  }

  async #chooseModel(models: readonly ModelEntry[], argument: ModelArgument | undefined): Promise<ModelEntry | undefined> {
    if (argument !== undefined) {
      const model = models.find(({ ref }) => ref === argument.modelRef);
      if (model) return model;
      throw new UserError('model.ref.unknown', 'This model is no longer on this machine', 'The Models view shows those that are');
    }
    const tuned = models.filter(({ kind }) => kind === 'tuned');
    if (tuned.length === 0) throw new UserError('model.none-tuned', 'There is no tuned model to export yet', 'Fine-tune on a dataset first');
    return this.#screen.choose({ title: 'Export which model?' },
      tuned.map((model) => ({ label: model.label, description: modelDescription(model, undefined), detail: model.folder, icon: 'wand', value: model })));
  }
}

/** The name, or with a number when it is taken. */
async function freeFolder(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? name : `${name}-${number}`);
    const isTaken = await access(folder).then(() => true, () => false);
    if (!isTaken) return folder;
  }
}
