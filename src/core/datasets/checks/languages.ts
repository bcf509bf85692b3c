/** Tells the languages of a dataset by a sample of its rows, so that a million rows cost no more than a thousand. */

import { formatList } from '../../wording/lists.ts';
import { formatPercent, formatQuantity } from '../../wording/numbers.ts';
import type { Example } from '../example.ts';
import type { LanguageProfile } from '../profile.ts';
import type { RowFindings } from '../rowFindings.ts';
import type { ReadRow } from '../scan.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

/** About 30 µs each where the detector is asked. */
const MOST_SAMPLES = 256;
const CHARACTERS = 600;
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
    // A slice would keep the whole row in memory.
    this.#samples.push({ row: place.row, text: Buffer.from(beginningOf(example)).toString() });
    if (this.#samples.length < 2 * MOST_SAMPLES) return;
    this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  async finish(findings: RowFindings): Promise<void> {
    this.profile = undefined;
    if (this.#samples.length === 0) return;
    const rows = new Map<string, number[]>();
    let told = 0;
    const add = (language: string, row: number): void => {
      told++;
      const known = rows.get(language);
      if (known) known.push(row);
      else rows.set(language, [row]);
    };
    const unclear: Sample[] = [];
    for (const sample of this.#samples) {
      if (isPlainEnglish(sample.text)) add('en', sample.row);
      else if (hasWords(sample.text)) unclear.push(sample);
    }
    // Fewer cannot make another language worth telling.
    if (unclear.length >= LEAST_ROWS && unclear.length >= LEAST_SHARE * (told + unclear.length)) {
      // A megabyte of statistics, which takes a tenth of a second and 90 MB.
      const { eld } = await import('eld/extrasmall');
      for (const { row, text } of unclear) {
        const found = eld.detect(text);
        if (found.language !== '' && found.isReliable()) add(found.language, row);
      }
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

/** The commonest words of English; the first ten are words of hardly another language. */
const ENGLISH = /\b(?:(the|and|with|that|this|you|your|from|what|would)|is|are|was|for|have|how|of|to|by|not|or|it|could)\b/gi;
/** English has one such word in 15 to 40 characters. */
const CHARACTERS_AN_ENGLISH_WORD = 60;
/** One may be in a name. */
const FEWEST_OWN_WORDS = 2;

/** Most rows of most datasets are, and need not wait for the detector. */
function isPlainEnglish(text: string): boolean {
  let words = 0;
  let own = 0;
  for (const [, isOwn] of text.matchAll(ENGLISH)) {
    words++;
    if (isOwn !== undefined) own++;
  }
  return own >= FEWEST_OWN_WORDS && words * CHARACTERS_AN_ENGLISH_WORD >= text.length;
}

/** Of what user and assistant say. */
function beginningOf(example: Example): string {
  if (example.kind === 'text') return example.text.slice(0, CHARACTERS);
  let text = '';
  for (const { role, content } of turnsOf(example)) {
    if (role === 'user' || role === 'assistant') text += `${content.slice(0, CHARACTERS - text.length)}\n`;
    if (text.length >= CHARACTERS) break;
  }
  return text;
}

function hasWords(text: string): boolean {
  return (text.match(/\p{L}/gu)?.length ?? 0) >= FEWEST_LETTERS;
}

function nameOf(code: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
}
