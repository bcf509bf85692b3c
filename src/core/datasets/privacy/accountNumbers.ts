/** Finds numbers that name a person's account: payment cards, IBANs, US social security numbers. */

import { NOTHING, type Sensitive } from './sensitive.ts';

/** Cards and IBANs hold eight digits with at most one sign in their middle, however they are grouped. */
const HINT = /\d{4}[ -]?\d{4}|\d-\d\d-\d{4}/;

export function findAccountNumbers(text: string): readonly Sensitive[] {
  if (!HINT.test(text)) return NOTHING;
  return [...findCards(text), ...findIbans(text), ...findSocialSecurity(text)];
}

/** Written without spaces, or in the groups that are printed on cards. */
const CARD = /(?<![\w.,+/-])(?:\d{14,16}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w/-]|[.,]\d)/g;
/** Digits that numbers of each issuer begin with, and how many there are: ISO/IEC 7812 as the issuers publish it. */
const ISSUERS: readonly (readonly [begin: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [16, 19]], // Visa; the 13 digits of old are not issued any more
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^(?:6011|64[4-9]|65)/, [16, 19]], // Discover
  [/^(?:30[0-5]|3[689])/, [14]], // Diners Club
  [/^35(?:2[89]|[3-8])/, [16]], // JCB
  [/^62/, [16, 19]], // UnionPay
];

function* findCards(text: string): Generator<Sensitive> {
  for (const { 0: written, index } of text.matchAll(CARD)) {
    const digits = written.replace(/\D/g, '');
    if (!ISSUERS.some(([begin, lengths]) => lengths.includes(digits.length) && begin.test(digits)) || !passesLuhn(digits)) continue;
    yield { kind: 'card', start: index, end: index + written.length, words: `a card number ending in ${digits.slice(-4)}` };
  }
}

/** @see ISO/IEC 7812-1, annex B: from the right, every second digit is doubled */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Characters of an IBAN by country: SWIFT's IBAN registry, release 99. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  ('AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 '
    + 'GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 '
    + 'PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30')
    .split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_BEGIN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?= ?[A-Z0-9]{4})/g;

function* findIbans(text: string): Generator<Sensitive> {
  for (const { 0: begin, index } of text.matchAll(IBAN_BEGIN)) {
    const length = IBAN_LENGTHS[begin.slice(0, 2)];
    if (length === undefined) continue;
    let end = index;
    let iban = '';
    while (iban.length < length && end < text.length) {
      const sign = text[end] ?? '';
      if (/[A-Z0-9]/.test(sign)) iban += sign;
      else if (sign !== ' ' || text[end - 1] === ' ') break;
      end++;
    }
    if (iban.length !== length || /[A-Za-z0-9]/.test(text[end] ?? '') || !passesMod97(iban)) continue;
    yield { kind: 'iban', start: index, end, words: `an IBAN of ${iban.slice(0, 2)} ending in ${iban.slice(-2)}` };
  }
}

/** @see ISO 13616: the first four signs to the end, letters as 10 to 35, must leave 1 (ISO 7064 mod 97-10) */
export function passesMod97(iban: string): boolean {
  let rest = 0;
  for (const sign of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Written with hyphens only, and no number that is never given out (SSA, "Randomization FAQ"). */
const SOCIAL_SECURITY = /(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;

function* findSocialSecurity(text: string): Generator<Sensitive> {
  for (const { 0: written, index } of text.matchAll(SOCIAL_SECURITY)) {
    yield { kind: 'id-number', start: index, end: index + written.length, words: 'what looks like a US social security number' };
  }
}
