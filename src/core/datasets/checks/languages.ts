/** Tells the languages of a dataset by a sample of its rows, so that a million rows cost no more than a thousand. */

import { formatList } from '../../wording/lists.ts';
import { formatPercent, formatQuantity } from '../../wording/numbers.ts';
import type { LanguageProfile } from '../profile.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

/** About 20 µs each. */
const MOST_SAMPLES = 512;
const CHARACTERS = 400;
/** In less, names and numbers decide. */
const FEWEST_LETTERS = 20;
/** Of the rows told; fewer are mistakes of the detector, which errs in about 1 of 100 short texts. */
const LEAST_SHARE = 0.02;
const LEAST_ROWS = 3;

interface Sample {
  readonly row: number;
  readonly text: string;
}

export class Languages implements DatasetCheck {
  #samples: Sample[] = [];
  #stride = 1;
  #rows = 0;
  profile: LanguageProfile | undefined;

  /** Keeps every row at first, then every other, then every fourth: spread evenly over the file, whatever its length. */
  row({ example, place }: ReadRow): void {
    if (this.#rows++ % this.#stride !== 0) return;
    const text = example.kind === 'text' ? example.text : turnsOf(example).map(({ role, content }) => (role === 'user' || role === 'assistant' ? content.slice(0, CHARACTERS) : '')).join('\n');
    // A slice would keep the whole row in memory.
    this.#samples.push({ row: place.row, text: Buffer.from(text.slice(0, CHARACTERS)).toString() });
    if (this.#samples.length < 2 * MOST_SAMPLES) return;
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  async finish(findings: RowFindings): Promise<void> {
    this.profile = undefined;
    if (this.#samples.length === 0) return;
    // A megabyte of statistics that only this needs.
    const { eld } = await import('eld/extrasmall');
    const rows = new Map<string, number[]>();
    let told = 0;
    for (const { row, text } of this.#samples) {
      if (!hasWords(text)) continue;
      const found = eld.detect(text);
      if (found.language === '' || !found.isReliable()) continue;
      told++;
      const known = rows.get(found.language);
      if (known) known.push(row);
      else rows.set(found.language, [row]);
    }
    const sure = [...rows].filter(([, list]) => list.length >= LEAST_ROWS && list.length >= LEAST_SHARE * told).sort((a, b) => b[1].length - a[1].length);
    if (sure.length === 0) return;
    this.profile = {
      sampledRows: this.#samples.length, toldRows: told, isSample: this.#stride > 1,
      languages: sure.map(([code, list]) => ({ code, name: nameOf(code), count: list.length })),
    };
    const [, ...others] = sure;
    if (others.length === 0) return;
    const shares = this.profile.languages.map(({ name, count }) => `${formatPercent(count / told)} ${name}`);
    findings.say('dataset.mixed-languages', {
      message: `The rows are in several languages: ${formatList(shares)}${this.#stride > 1 ? `, by a sample of ${formatQuantity(this.#samples.length, 'row')}` : ''}.`,
      rows: others.flatMap(([, list]) => list).sort((a, b) => a - b).slice(0, 100),
      count: others.reduce((sum, [, list]) => sum + list.length, 0),
    });
  }
}

function hasWords(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) >= FEWEST_LETTERS;
}

const NAMES = new Intl.DisplayNames('en', { type: 'language' });

function nameOf(code: string): string {
  return NAMES.of(code) ?? code;
}
