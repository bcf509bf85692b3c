/** Says where and why a text is not JSON, in words; JSON.parse's own words differ by engine and often name no place. */

export interface JsonFault {
  /** 1-based, in UTF-16 units as editors count */
  readonly column: number;
  /** completes "Line 4 is not valid JSON: …" */
  readonly reason: string;
  /** the text is valid so far and ends too early */
  readonly isUnfinished: boolean;
}

type Expectation = 'value' | 'value-or-end' | 'key-or-end' | 'key' | 'colon' | 'comma-or-end' | 'nothing';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const BARE_STRING = /[^"\\\p{Cc}]*/uy;

/**
 * Finds the first fault of a text that is not JSON.
 *
 * @returns undefined when the text is valid JSON (RFC 8259), exactly when JSON.parse takes it
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('{' | '[')[] = [];
  let expect: Expectation = 'value';
  let at = 0;
  const fault = (reason: string): JsonFault => faultAt(at, reason);
  const afterValue = (): Expectation => (open.length === 0 ? 'nothing' : 'comma-or-end');

  for (;;) {
    at = skipSpace(text, at);
    const sign = text[at];
    if (sign === undefined) return expect === 'nothing' ? undefined : { ...fault(endReason(expect, open)), isUnfinished: true };
    if (sign === '\0') return fault('it holds a NUL byte');
    switch (expect) {
      case 'nothing':
        return fault(sign === '{' || sign === '[' ? 'a second value follows on the same line' : 'text follows after the value');
      case 'colon':
        if (sign !== ':') return fault(`a colon is missing before column ${at + 1}`);
        at++;
        expect = 'value';
        continue;
      case 'comma-or-end': {
        const closing = open.at(-1) === '{' ? '}' : ']';
        if (sign === closing) {
          open.pop();
          at++;
          expect = afterValue();
        } else if (sign === ',') {
          at++;
          expect = open.at(-1) === '{' ? 'key' : 'value';
        } else {
          const found = sign === '}' || sign === ']' ? `"${closing}" is expected, not "${sign}", at` : 'a comma or quote is missing before';
          return fault(`${found} column ${at + 1}`);
        }
        continue;
      }
      case 'key':
      case 'key-or-end': {
        if (sign === '}' && expect === 'key-or-end') {
          open.pop();
          at++;
          expect = afterValue();
          continue;
        }
        if (sign === '}') return fault(`a comma too many before column ${at + 1}`);
        if (sign !== '"') return fault(`a name in double quotes is expected at column ${at + 1}`);
        const end = readString(text, at);
        if (typeof end !== 'number') return end;
        at = end;
        expect = 'colon';
        continue;
      }
      case 'value':
      case 'value-or-end': {
        if (sign === ']' && expect === 'value-or-end') {
          open.pop();
          at++;
          expect = afterValue();
          continue;
        }
        if (sign === '{' || sign === '[') {
          open.push(sign);
          at++;
          expect = sign === '{' ? 'key-or-end' : 'value-or-end';
          continue;
        }
        const end = readScalar(text, at, open.at(-1) === '[');
        if (typeof end !== 'number') return end;
        at = end;
        expect = afterValue();
      }
    }
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  // Only these four are white space in JSON; others, such as U+00A0 from a word processor, are faults.
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n') at++;
  return at;
}

function endReason(expect: Expectation, open: readonly string[]): string {
  if (open.length === 0) return 'it is empty';
  const closing = open.at(-1) === '{' ? '}' : ']';
  return expect === 'colon' || expect === 'value' || expect === 'key' ? 'it ends in the middle' : `it ends before its closing "${closing}"`;
}

function faultAt(at: number, reason: string): JsonFault {
  return { column: at + 1, reason, isUnfinished: false };
}

function readScalar(text: string, at: number, inList: boolean): number | JsonFault {
  const sign = text[at] ?? '';
  if (sign === '"') return readString(text, at);
  if (sign === "'") return faultAt(at, `single quotes at column ${at + 1}; JSON needs double quotes`);
  if (sign === '“' || sign === '”' || sign === '„') return faultAt(at, `curly quotes at column ${at + 1}; JSON needs straight ones`);
  if (sign === ']' && inList) return faultAt(at, `a comma too many before column ${at + 1}`);
  if (sign === '-' || (sign >= '0' && sign <= '9')) {
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text);
    if (number && !/[\w.+-]/.test(text[NUMBER.lastIndex] ?? '')) return NUMBER.lastIndex;
    return faultAt(at, `the number at column ${at + 1} is not one of JSON`);
  }
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word === 'true' || word === 'false' || word === 'null') return at + word.length;
  if (word !== undefined) return faultAt(at, `${shorten(word)} at column ${at + 1} is not a JSON value`);
  return faultAt(at, `a value is missing at column ${at + 1}`);
}

/** @returns the index after the closing quote */
function readString(text: string, start: number): number | JsonFault {
  let at = start + 1;
  for (;;) {
    BARE_STRING.lastIndex = at;
    BARE_STRING.exec(text);
    at = BARE_STRING.lastIndex;
    const sign = text[at];
    if (sign === '"') return at + 1;
    if (sign === undefined) return faultAt(start, `the quote at column ${start + 1} is never closed`);
    if (sign === '\\') {
      const escape = text[at + 1] ?? '';
      if (escape === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) at += 6;
      else if (escape !== '' && '"\\/bfnrt'.includes(escape)) at += 2;
      else return faultAt(at, `the escape at column ${at + 1} is not one of JSON`);
    } else if (sign === '\0') {
      return faultAt(at, 'it holds a NUL byte');
    } else if (sign < ' ') {
      return faultAt(at, `a control character stands unescaped at column ${at + 1}`);
    } else {
      // U+007F to U+009F: control characters that JSON allows.
      at++;
    }
  }
}

function shorten(word: string): string {
  return word.length > 20 ? `${word.slice(0, 19)}…` : word;
}
