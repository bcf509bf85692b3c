/** Faults of JSON are named with their column, and exactly where JSON.parse finds one. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../../../src/core/datasets/jsonFault.ts';
import { anyText } from './anyText.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('findJsonFault', () => {
  test.each([
    ['{"a": "b}', 7, 'the quote at column 7 is never closed'],
    ['{"a": 1', 8, 'it ends before its closing "}"'],
    ['{"a" 1}', 6, 'a colon is missing before column 6'],
    ['{"a": "say "hi""}', 13, 'a comma or quote is missing before column 13'],
    ['{"a": 1,}', 9, 'a comma too many before column 9'],
    ['[1, 2,]', 7, 'a comma too many before column 7'],
    ["{'a': 1}", 2, 'a name in double quotes is expected at column 2'],
    ['{"a": NaN}', 7, 'NaN at column 7 is not a JSON value'],
    ['{"a": 01}', 7, 'the number at column 7 is not one of JSON'],
    ['{"a": 1]', 8, '"}" is expected, not "]", at column 8'],
    ['{"a": 1} {"a": 2}', 10, 'a second value follows on the same line'],
    ['{“a”: 1}', 2, 'a name in double quotes is expected at column 2'],
    ['{"a": "\\x"}', 8, 'the escape at column 8 is not one of JSON'],
    ['{"a": "tab\there"}', 11, 'a control character stands unescaped at column 11'],
    ['{"a": "\0"}', 8, 'it holds a NUL byte'],
    ['hello', 1, 'hello at column 1 is not a JSON value'],
  ])('%s', (text, column, reason) => {
    expect(findJsonFault(text)).toMatchObject({ column, reason });
  });

  test('finds a fault exactly where JSON.parse refuses: changed JSON', () => {
    const changed = fc
      .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '"', ',', ':', '{', '}', '[', ']', '\\', '0', '-', '.', 'e', ' ', '\n', '\u00a0', '\0', "'"))
      .map(([value, place, sign]) => {
        const text = JSON.stringify(value);
        const at = place % (text.length + 1);
        return text.slice(0, at) + sign + text.slice(at + (place % 2));
      });
    fc.assert(fc.property(changed, (text) => (findJsonFault(text) === undefined) === isJson(text)), { numRuns: 3000 });
  });

  test('finds a fault exactly where JSON.parse refuses: any text', () => {
    fc.assert(fc.property(anyText(), (text) => (findJsonFault(text) === undefined) === isJson(text)), { numRuns: 500 });
  });

  test('does not recurse: a hundred thousand open brackets', () => {
    expect(findJsonFault('['.repeat(100_000))).toMatchObject({ column: 100_001, isUnfinished: true });
  });
});
