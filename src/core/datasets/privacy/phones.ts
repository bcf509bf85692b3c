/** Finds phone numbers: international ones, US ones in their usual spelling, and others where a word says that they are one. */

import { isValidPhoneNumber } from 'libphonenumber-js/min';
import type { Sensitive } from './sensitive.ts';

const SEVEN = /\d{3}[ .-]\d{4}/;
const AFTER_ZERO = /0[1-9][\d /.()-]{6}/;
const INTERNATIONAL = /(?<![\w+=*/.,)-]|\d )(?:\+|\b00(?=[1-9]\d ))\(?[1-9]\d{0,2}\)?(?:[ .()/-]{0,2}\d){6,13}(?![\w=+*]|[.,]\d)/g;
const NORTH_AMERICAN = /(?<![\w.+$€£*/=-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]|[2-9]\d{2}([ .-])[2-9]\d{2}\1)\d{4}(?![\w=*/-]|[.,]\d)/g;
/** A national number after its word. */
const NAMED = /\b(?:phone|telephone|tel|mobile|cell|fax|whatsapp|call|telefon|handy|mobil|téléphone|teléfono|móvil)\b[^\d\n+]{0,20}(0[1-9](?:[ /.()-]{0,2}\d){6,11})(?![\w=*/]|[.,-]\d)/gi;

export function findPhones(text: string): readonly Sensitive[] {
  const found: Sensitive[] = [];
  const add = (written: string, start: number): void => {
    found.push({ kind: 'phone', start, end: start + written.length, words: `a phone number ending in ${written.replace(/\D/g, '').slice(-2)}` });
  };
  if (text.includes('+') || text.includes('00')) {
    for (const { 0: written, index } of text.matchAll(INTERNATIONAL)) if (isValidPhoneNumber(written.replace(/^00/, '+'))) add(written, index);
  }
  if (SEVEN.test(text)) for (const { 0: written, index } of text.matchAll(NORTH_AMERICAN)) if (isValidPhoneNumber(written, 'US')) add(written, index);
  if (text.includes('0') && AFTER_ZERO.test(text)) {
    for (const { 0: whole, 1: written = '', index } of text.matchAll(NAMED)) add(written, index + whole.length - written.length);
  }
  return found;
}
