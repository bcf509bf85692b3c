/** Finds keys, tokens and passwords: by the beginnings that their issuers gave them, or by the word before them. */

import { NOTHING, type Sensitive } from './sensitive.ts';

/** What must stand in a text for the pattern to be tried, the pattern, and what it finds. */
type Token = readonly [hint: string, pattern: RegExp, words: string];

/** As the issuers document them; the part behind the beginning is long enough that no word is taken for one. */
const TOKENS: readonly Token[] = [
  ['AKIA', /(?<![A-Za-z0-9])AKIA[A-Z2-7]{16}(?![A-Za-z0-9])/g, 'an AWS access key'],
  ['ASIA', /(?<![A-Za-z0-9])ASIA[A-Z2-7]{16}(?![A-Za-z0-9])/g, 'an AWS access key'],
  ['AIza', /(?<![A-Za-z0-9])AIza[\w-]{35}(?![\w-])/g, 'a Google API key'],
  ['GOCSPX-', /(?<![A-Za-z0-9])GOCSPX-[\w-]{28}(?![\w-])/g, 'a Google client secret'],
  ['_', /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])/g, 'a GitHub token'],
  ['github_pat_', /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{50,255}/g, 'a GitHub token'],
  ['glpat-', /(?<![A-Za-z0-9])glpat-[\w-]{20,64}/g, 'a GitLab token'],
  ['xox', /(?<![A-Za-z0-9])xox[abeoprs]-(?=[\w-]{0,40}\d)[\w-]{11,255}/g, 'a Slack token'],
  ['hooks.slack.com', /hooks\.slack\.com\/services\/T\w{6,20}\/B\w{6,20}\/\w{16,40}/g, 'a Slack webhook'],
  ['sk-ant-', /(?<![A-Za-z0-9])sk-ant-(?=[\w-]{0,60}\d)[\w-]{24,255}/g, 'an Anthropic API key'],
  ['sk-', /(?<![A-Za-z0-9])sk-(?!ant-)(?:(?:proj|svcacct|admin|or-v1)-)?(?=[\w-]{0,60}\d)[\w-]{20,255}/g, 'an OpenAI API key'],
  ['k_', /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}/g, 'a Stripe key'],
  ['npm_', /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g, 'an npm token'],
  ['pypi-', /(?<![A-Za-z0-9])pypi-AgE[\w-]{50,255}/g, 'a PyPI token'],
  ['hf_', /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34,40}(?![A-Za-z0-9])/g, 'a Hugging Face token'],
  ['SG.', /(?<![A-Za-z0-9])SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g, 'a SendGrid API key'],
  ['dapi', /(?<![A-Za-z0-9])dapi[0-9a-f]{32}(?![A-Za-z0-9])/g, 'a Databricks token'],
  ['.eyJ', /(?<![\w-])eyJ[\w-]{8,2048}\.eyJ[\w-]{8,8192}(?:\.[\w-]{8,2048})?/g, 'a JSON web token'],
];

export function findSecrets(text: string): readonly Sensitive[] {
  const found: Sensitive[] = [];
  if (hasLongWord(text)) {
    for (const [hint, pattern, words] of TOKENS) {
      if (!text.includes(hint)) continue;
      for (const { 0: token, index } of text.matchAll(pattern)) found.push({ kind: 'secret', start: index, end: index + token.length, words });
    }
    if (text.includes('-----BEGIN ')) found.push(...findPrivateKeys(text));
    if (text.includes('://')) found.push(...findLogins(text));
  }
  addAssignments(found, text);
  return found.length === 0 ? NOTHING : found;
}

/** No token, key or address with a password is shorter. */
const LONG_WORD = 16;
const SPACE = 0x20;
const TILDE = 0x7e;

/** Whether so many ASCII signs follow each other without a space: looks at every third sign of a usual text, at most. */
function hasLongWord(text: string): boolean {
  let last = LONG_WORD - 1;
  while (last < text.length) {
    let at = last;
    const first = last - LONG_WORD;
    for (; at > first; at--) {
      const unit = text.charCodeAt(at);
      if (unit <= SPACE || unit > TILDE) break;
    }
    if (at === first) return true;
    last = at + LONG_WORD;
  }
  return false;
}

const KEY_BEGIN = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_END = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
/** An RSA key of 16,384 bits, in PEM with its line ends written as two signs. */
const MOST_KEY = 16_384;

/** To the end of the block, or of the text where it is cut off. */
function* findPrivateKeys(text: string): Generator<Sensitive> {
  let behind = 0;
  for (const { 0: begin, index } of text.matchAll(KEY_BEGIN)) {
    if (index < behind) continue;
    const start = index + begin.length;
    const ending = KEY_END.exec(text.slice(start, start + MOST_KEY));
    behind = start + (ending ? ending.index + ending[0].length : keyLength(text, start));
    // A bare heading, as in an explanation, holds no key.
    if (behind - index > begin.length + 40) yield { kind: 'secret', start: index, end: behind, words: 'a private key' };
  }
}

const KEY_BODY = /[\w+/=\s\\:,.-]{0,16384}/y;

function keyLength(text: string, from: number): number {
  KEY_BODY.lastIndex = from;
  return KEY_BODY.exec(text)?.[0].length ?? 0;
}

const LOGIN = /:\/\/([^\s:@/?#"'<>[\]]{1,100}):([^\s@/?#"'<>]{1,200})@[A-Za-z0-9[]/y;

/** What documentation writes. */
const EXAMPLES = /^(?:pass(?:word|wd)?|pwd|secret|token|user(?:name)?|xyz|abc|123(?:456)?)$/i;

/** The password of an address such as postgres://user:password@host. */
function* findLogins(text: string): Generator<Sensitive> {
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    LOGIN.lastIndex = at;
    const match = LOGIN.exec(text);
    const password = match?.[2] ?? '';
    if (!match || isPlaceholder(password) || EXAMPLES.test(password)) continue;
    const start = at + 3 + (match[1]?.length ?? 0) + 1;
    yield { kind: 'secret', start, end: start + password.length, words: 'a password in an address' };
  }
}

/** A name that a secret is given to, at its end; camel case and snake case alike. */
const NAME = /(?:(pass(?:word|wd|phrase|code)|pwd)|(?:api|access|secret|auth|account|private|encryption|signing|master|client)[_ -]?(?:key|token|secret)|secret|token|bearer)["'`*\]]{0,3}[ \t]{0,2}$/i;
const LONGEST_NAME = 32;
const VALUE = /[ \t]{0,2}(["'`]?)((?:(?!["'`,;<>{}()\\])[!-~]){6,256})(?=(.?))/sy;
/** How the names end, without what stands between them and the sign; others need no second look. */
const NAME_ENDS = new Set(['ord', 'swd', 'ase', 'ode', 'pwd', 'key', 'ken', 'ret', 'rer']);

function addAssignments(found: Sensitive[], text: string): void {
  let equals = text.indexOf('=');
  let colon = text.indexOf(':');
  let behind = 0;
  while (equals !== -1 || colon !== -1) {
    const at = colon === -1 || (equals !== -1 && equals < colon) ? equals : colon;
    if (at === equals) equals = text.indexOf('=', at + 1);
    else colon = text.indexOf(':', at + 1);
    if (at < behind) continue;
    let end = at;
    while (at - end < 6 && end > 0 && !isLetter(text.charCodeAt(end - 1))) end--;
    if (!NAME_ENDS.has(text.slice(Math.max(0, end - 3), end).toLowerCase())) continue;
    const name = NAME.exec(text.slice(Math.max(0, at - LONGEST_NAME), at));
    if (!name) continue;
    VALUE.lastIndex = at + 1;
    const match = VALUE.exec(text);
    const value = (match?.[2] ?? '').replace(/[.:!?]+$/, '');
    // A quoted value with a space in it is a sentence.
    if (!match || (match[1] !== '' && match[1] !== match[3]) || isPlaceholder(value) || !(name[1] === undefined ? looksRandom(value) : looksLikePassword(value, match[1] !== ''))) continue;
    behind = VALUE.lastIndex - (match[2]?.length ?? 0) + value.length;
    found.push({ kind: 'secret', start: behind - value.length, end: behind, words: name[1] === undefined ? 'a key or token' : 'a password' });
  }
}

function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** What stands where a secret will be, and what code or a redaction wrote. */
const PLACEHOLDER = /^(?:[[<{(%*/~]|\$[A-Za-z_{(]|your|my[-_]?(?:pass|secret|key|token)|example|change|placeholder|redacted|x{3}|\*{3}|\.{3}|null|none|undefined|true|false|process\.env|os\.environ|https?:)/i;

function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || /^(.)\1*$/.test(value);
}

/** Letters and digits mixed, or quoted with a sign among them. */
function looksLikePassword(value: string, isQuoted: boolean): boolean {
  const hasLetter = /[A-Za-z]/.test(value);
  return hasLetter && (/\d/.test(value) || (isQuoted && /[^\w.-]/.test(value))) && !/[.(]\w+\(/.test(value);
}

/** Bits a character: words of a language have about 2.5 to 3 at this length, random text more. */
const LEAST_ENTROPY = 3.2;
const LEAST_TOKEN = 16;

function looksRandom(value: string): boolean {
  return value.length >= LEAST_TOKEN && /^[\w+/=.~-]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && entropyOf(value) >= LEAST_ENTROPY;
}

/** @see Shannon 1948; of the characters as they are frequent in the text itself, in bits */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}
