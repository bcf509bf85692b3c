/** "Open Sample Project": copies media/sample into a folder of the user's choice, over nothing, and offers to open it. */

import { access, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Screen } from '../screen.ts';

const NAME = 'tunesmith-sample';

export class SampleProject {
  readonly #screen: Screen;
  readonly #source: string;

  constructor(screen: Screen, source: string) {
    this.#screen = screen;
    this.#source = source;
  }

  async open(): Promise<void> {
    const parent = await this.#screen.chooseFolder('Where shall the sample project go?', 'Copy Sample Here');
    if (parent === undefined) return;
    const folder = await copySample(this.#source, parent);
    const how = await this.#screen.choose<'here' | 'new'>({ title: `The sample project is in ${folder}` }, [
      { label: 'Open It in This Window', icon: 'folder-opened', value: 'here' },
      { label: 'Open It in a New Window', icon: 'empty-window', value: 'new' },
    ]);
    if (how !== undefined) await this.#screen.openFolder(folder, how === 'new');
  }
}

/** @returns the new folder: `tunesmith-sample`, or with a number if that is taken */
export async function copySample(source: string, parent: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? NAME : `${NAME}-${number}`);
    const isTaken = await access(folder).then(
      () => true,
      () => false,
    );
    if (isTaken) continue;
    try {
      // The generator that wrote the rows stays behind: the sample is what a user would have.
      await cp(source, folder, { recursive: true, errorOnExist: true, force: false, filter: (path) => !path.endsWith('.ts') });
      return folder;
    } catch (cause) {
      throw new UserError('sample.not-copied', `The sample project was not copied to ${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, 'Choose another folder.', { cause });
    }
  }
}
