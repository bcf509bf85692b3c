/** Replaces personal data and secrets by placeholders: the same value by the same one, wherever it stands. */

import { fingerprint } from '../fingerprint.ts';
import { findSensitive, type Sensitive, type SensitiveKind } from './sensitive.ts';

const NAMES: Readonly<Record<SensitiveKind, string>> = {
  email: 'EMAIL', phone: 'PHONE', card: 'CARD', iban: 'IBAN', 'id-number': 'ID_NUMBER', 'ip-address': 'IP_ADDRESS', secret: 'SECRET',
};

/** What two spellings of one value have in common. */
const SAME: Readonly<Partial<Record<SensitiveKind, (value: string) => string>>> = {
  email: (value) => value.toLowerCase(),
  phone: (value) => value.replace(/\D/g, ''),
  card: (value) => value.replace(/\D/g, ''),
  iban: (value) => value.replaceAll(' ', ''),
};

/** Replacing may bring together what was apart; more often than this it never does. */
const MOST_TIMES = 4;

/** Belongs to one file; it remembers 53 bits of each value, and no value. */
export class Redactor {
  readonly #numbers = new Map<SensitiveKind, Map<number, number>>();

  /** @returns the same text where nothing of the kinds is in it */
  redact(text: string, isMeant: (kind: SensitiveKind) => boolean): string {
    let redacted = text;
    for (let time = 0; time < MOST_TIMES; time++) {
      const found = findSensitive(redacted).filter(({ kind }) => isMeant(kind));
      if (found.length === 0) return redacted;
      redacted = this.#replace(redacted, found);
    }
    return redacted;
  }

  #replace(text: string, found: readonly Sensitive[]): string {
    let replaced = '';
    let at = 0;
    for (const { kind, start, end } of found) {
      replaced += `${text.slice(at, start)}[${NAMES[kind]}_${this.#numberOf(kind, text.slice(start, end))}]`;
      at = end;
    }
    return replaced + text.slice(at);
  }

  #numberOf(kind: SensitiveKind, value: string): number {
    let numbers = this.#numbers.get(kind);
    if (!numbers) this.#numbers.set(kind, (numbers = new Map<number, number>()));
    const key = fingerprint(SAME[kind]?.(value) ?? value);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size + 1);
    return numbers.size;
  }
}
