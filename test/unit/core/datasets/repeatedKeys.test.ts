/** A name that stands twice in one object is found; names that are alike in other objects, or in texts, are none. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findRepeatedKey } from '../../../../src/core/datasets/repeatedKeys.ts';
import { anyText } from './anyText.ts';

const find = (text: string): string | undefined => findRepeatedKey(text, JSON.parse(text));

describe('a repeated name', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"b":1,"c":[{"d":0,"d":0}]}}', 'd'],
    ['{"a" : 1, "a":2}', 'a'],
    ['{"a"\t:1,"a":2}', 'a'],
    ['{"a"\n:1,"b":2,"b"\n:2}', 'b'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"x":"\\":","a":1,"a":2}', 'a'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
    ['{"a":"{\\"b\\":1,\\"b\\":2}","b":"b"}', undefined],
    ['["a","a"]', undefined],
    ['"a"', undefined],
  ])('%s', (text, name) => {
    expect(find(text)).toBe(name);
  });

  test('no value that JSON.stringify wrote has one, however it is spaced', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t'), (value, space) => {
      const text = JSON.stringify(value, undefined, space);
      expect(find(text)).toBeUndefined();
      expect(find(text.replaceAll('":', '" :'))).toBeUndefined();
    }));
  });

  test('any name that is written again is found', () => {
    fc.assert(fc.property(fc.dictionary(anyText(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), fc.jsonValue(), (row, place, again) => {
      const names = Object.keys(row);
      const name = names[place % names.length] ?? '';
      const text = `${JSON.stringify(row).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(again)}}`;
      expect(find(text)).toBe(name);
    }));
  });
});
