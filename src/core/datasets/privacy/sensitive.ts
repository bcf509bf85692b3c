/** Finds personal data and secrets in a text, each with its exact place. */

import { findAccountNumbers } from './accountNumbers.ts';
import { findEmails, findIpAddresses } from './addresses.ts';
import { findPhones } from './phones.ts';
import { findSecrets } from './secrets.ts';

export const NOTHING: readonly Sensitive[] = [];

export type PersonalKind = 'email' | 'phone' | 'card' | 'iban' | 'id-number' | 'ip-address';

export type SensitiveKind = PersonalKind | 'secret';

/** A piece of a text. */
export interface Sensitive {
  readonly kind: SensitiveKind;
  /** in UTF-16 units */
  readonly start: number;
  /** behind the last unit */
  readonly end: number;
  /** what it is without telling it: "a card number ending in 4242" */
  readonly words: string;
}

/**
 * All pieces in the order of the text, none overlapping another: a secret counts before personal data, then what starts
 * first, then what is longer. Takes time in proportion to the length of the text, whatever it holds.
 */
export function findSensitive(text: string): readonly Sensitive[] {
  const secrets = findSecrets(text);
  const personal = findPersonal(text);
  if (secrets.length + personal.length < 2) return secrets.length > 0 ? secrets : personal;
  const claimed = apart(secrets);
  return apart([...claimed, ...withoutThose(apart(personal), claimed)]);
}

const DIGIT = /\d/;
/** Every number of a person or an account holds so many digits, with not much between them. */
const SEVEN_DIGITS = /\d(?:\D{0,3}\d){6}/;

function findPersonal(text: string): readonly Sensitive[] {
  const emails = text.includes('@') ? findEmails(text) : NOTHING;
  if (!DIGIT.test(text)) return emails;
  const numbers = SEVEN_DIGITS.test(text) ? [...findAccountNumbers(text), ...findPhones(text)] : NOTHING;
  const addresses = findIpAddresses(text);
  return emails.length + numbers.length + addresses.length === 0 ? NOTHING : [...emails, ...numbers, ...addresses];
}

function apart(found: readonly Sensitive[]): readonly Sensitive[] {
  const kept: Sensitive[] = [];
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) if (one.start >= (kept.at(-1)?.end ?? 0)) kept.push(one);
  return kept;
}

/** Both in order. */
function withoutThose(found: readonly Sensitive[], claimed: readonly Sensitive[]): readonly Sensitive[] {
  let next = 0;
  return found.filter(({ start, end }) => {
    while ((claimed[next]?.end ?? Infinity) <= start) next++;
    return (claimed[next]?.start ?? Infinity) >= end;
  });
}
