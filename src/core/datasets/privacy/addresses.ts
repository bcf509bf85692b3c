/** Finds e-mail addresses and IP addresses. */

import { isIPv6 } from 'node:net';
import type { Sensitive } from './sensitive.ts';

export function findEmails(text: string): readonly Sensitive[] {
  const found: Sensitive[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const email = emailAround(text, at);
    if (email) found.push(email);
  }
  return found;
}

export function findIpAddresses(text: string): readonly Sensitive[] {
  const found: Sensitive[] = [];
  if (IPV4_HINT.test(text)) addAll(found, text, IPV4, isPersonalIpv4);
  if (hasTwoColons(text) && IPV6_HINT.test(text)) addAll(found, text, IPV6, isPersonalIpv6);
  return found;
}

/** RFC 5321: 64 characters before the sign. */
const MOST_LOCAL = 64;
const LOCAL = /[\w.%+'-]/;
const DOMAIN = /[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}(?![\w-])/y;
/** RFC 2606 and 6761: domains that belong to nobody. */
const NOBODY = /(?:^|\.)noreply\.|(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$/i;
/** Names of files and modules, as in "logo@2x.png". */
const FILE = /\.(?:png|jpe?g|gif|svg|webp|ico|js|ts|mjs|css|json|py|md|txt|html?|xml|ya?ml)$/i;
/** Accounts of machines. */
const MACHINE = /^(?:git|hg|svn|root|no-?reply|do-?not-?reply|postmaster|mailer-daemon)$/i;

function emailAround(text: string, at: number): Sensitive | undefined {
  let start = at;
  while (start > 0 && at - start < MOST_LOCAL && LOCAL.test(text[start - 1] ?? '')) start--;
  while (start < at && /[.'-]/.test(text[start] ?? '')) start++;
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  const local = text.slice(start, at);
  if (domain === undefined || local === '' || NOBODY.test(domain) || FILE.test(domain) || MACHINE.test(local)) return undefined;
  return { kind: 'email', start, end: at + 1 + domain.length, words: `an e-mail address beginning with "${text[start] ?? ''}"` };
}

const IPV4_HINT = /\d\.\d{1,3}\.\d/;
const IPV4 = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g;
function hasTwoColons(text: string): boolean {
  const first = text.indexOf(':');
  return first !== -1 && text.indexOf(':', first + 1) !== -1;
}

const IPV6_HINT = /[0-9a-fA-F]:[0-9a-fA-F:]{5}/;
const IPV6 = /(?<![\w:.])[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){4,7}(?![\w:]|\.\d)/g;
/** What four numbers with dots are more often. */
const IS_VERSION = /(?:\bv|version|release|section|chapter|build|firmware|rev)\.?\s{0,2}$/i;
/** Private, shared, local and documentation ranges (RFC 1918, 6598, 1122, 3927, 5737, 5771) and public name servers. */
const NOBODYS_IPV4 = /^(?:0|10|127|22[4-9]|2[3-5]\d)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\.|^8\.8\.[48]\.[48]$|^1\.[01]\.[01]\.1$|^9\.9\.9\.9$/;

function isPersonalIpv4(value: string, before: string): boolean {
  const parts = value.split('.');
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return false;
  // Versions and numbers of sections are small throughout.
  return parts.some((part) => Number(part) > 31) && !NOBODYS_IPV4.test(value) && !IS_VERSION.test(before);
}

/** Not of the link, the machine or documentation (RFC 4291, 3849); groups of two digits are the address of a network card. */
function isPersonalIpv6(value: string): boolean {
  return isIPv6(value) && /[0-9a-f]{3}/i.test(value) && !/^(?:fe80|f[cd]|::|2001:0?db8)/i.test(value);
}

/** Enough to see a word before it. */
const BEFORE = 16;

function addAll(found: Sensitive[], text: string, pattern: RegExp, isMeant: (value: string, before: string) => boolean): void {
  for (const { 0: value, index } of text.matchAll(pattern)) {
    if (!isMeant(value, text.slice(Math.max(0, index - BEFORE), index))) continue;
    found.push({ kind: 'ip-address', start: index, end: index + value.length, words: `an IP address beginning with ${/^[^.:]*/.exec(value)?.[0] ?? ''}` });
  }
}
