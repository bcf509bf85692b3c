/** A form edits a field; the file keeps everything else to the letter. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../../../../src/core/errors.ts';
import { applyEdit, editField } from '../../../../src/core/recipes/edit.ts';
import type { FieldPath } from '../../../../src/core/recipes/fieldPath.ts';

function edited(text: string, path: FieldPath, value: unknown): string {
  const edit = editField(text, path, value);
  return edit ? applyEdit(text, edit) : text;
}

const RECIPE = `# my recipe
version: 1
name: tickets   # short
dataset:
  # the rows
  train: data/tickets.jsonl

  split: 0.1  # a tenth
training:
  epochs: 3   # passes
  learningRate: 2e-4
tags: [a, b]  # free
backend: local
`;

describe('editField', () => {
  test.each<[string, FieldPath, unknown, [string, string]]>([
    ['a number', ['training', 'epochs'], 5, ['epochs: 3 ', 'epochs: 5 ']],
    ['a text', ['name'], 'other: name', ['name: tickets ', 'name: "other: name" ']],
    ['a new field at the end of its group', ['training', 'rank'], 8, ['learningRate: 2e-4\n', 'learningRate: 2e-4\n  rank: 8\n']],
    ['a new group at the end', ['budget', 'minutes'], 10, ['backend: local\n', 'backend: local\nbudget:\n  minutes: 10\n']],
    ['a field away, with its comment', ['dataset', 'split'], undefined, ['  split: 0.1  # a tenth\n', '']],
    ['an item of a list', ['tags', 1], 'c', ['[a, b]', '[a, c]']],
    ['one more item', ['tags', 2], 'c', ['[a, b]', '[a, b, c]']],
    ['an item away', ['tags', 0], undefined, ['[a, b]', '[b]']],
    ['a whole list', ['tags'], ['x'], ['[a, b]', '[x]']],
    ['a group in the place of a text', ['backend'], { id: 'local' }, ['backend: local\n', 'backend:\n  id: local\n']],
    ['no change', ['training', 'epochs'], 3, ['', '']],
  ])('%s', (_what, path, value, [before, after]) => {
    expect(edited(RECIPE, path, value)).toBe(RECIPE.replace(before, () => after));
  });

  test.each<[string, string, FieldPath, unknown, string]>([
    ['an empty file', '', ['version'], 1, 'version: 1\n'],
    ['only a comment', '# later\n', ['version'], 1, '# later\nversion: 1\n'],
    ['no line end', 'version: 1', ['name'], 'a', 'version: 1\nname: a'],
    ['an empty group', 'training:\nname: a\n', ['training', 'epochs'], 2, 'training:\n  epochs: 2\nname: a\n'],
    ['an empty group with a comment', 'training: # none yet\nname: a\n', ['training', 'epochs'], 2, 'training: # none yet\n  epochs: 2\nname: a\n'],
    ['an empty flow group', 'training: {}\n', ['training', 'epochs'], 2, 'training: {epochs: 2}\n'],
    ['a flow group', 'training: { rank: 8 }\n', ['training', 'epochs'], 2, 'training: { rank: 8, epochs: 2 }\n'],
    ['the last field of a group', 'training:\n  epochs: 3\nname: a\n', ['training', 'epochs'], undefined, 'training: {}\nname: a\n'],
    ['lines that end as on Windows', 'version: 1\r\nname: a\r\n', ['training', 'epochs'], 2, 'version: 1\r\nname: a\r\ntraining:\r\n  epochs: 2\r\n'],
    ['a text over several lines', 'prompt: |\n  one\n  two\nname: a\n', ['prompt'], 'three', 'prompt: three\nname: a\n'],
    ['a field after a text over several lines', 'data:\n  prompt: |\n    one\n    two\nname: a\n', ['data', 'rows'], 1, 'data:\n  prompt: |\n    one\n    two\n  rows: 1\nname: a\n'],
    ['a list of groups', 'suites:\n  - name: a\n  - name: b # second\n', ['suites', 2], { name: 'c' }, 'suites:\n  - name: a\n  - name: b # second\n  - name: c\n'],
    ['an item with several fields away', 'suites:\n  - name: a\n    rows: 1\n  - name: b\n', ['suites', 0], undefined, 'suites:\n  - name: b\n'],
  ])('%s', (_what, text, path, value, expected) => {
    expect(edited(text, path, value)).toBe(expected);
  });

  test('what an anchor shares is changed by a person, or not at all', () => {
    const text = 'base: &a\n  epochs: 3\ntraining: *a\nrate: &r 0.1\nother: *r\n';
    for (const [path, value] of [[['training', 'epochs'], 4], [['rate'], 0.2]] as const) {
      expect(() => editField(text, path, value)).toThrow(expect.objectContaining({ code: 'recipe.edit.shared' }) as Error);
    }
    expect(edited(text, ['other'], 0.3)).toBe(text.replace('*r', '0.3'));
  });

  test('a text with faults is left alone', () => {
    expect(() => editField('a: [1\n', ['a'], 2)).toThrow(expect.objectContaining({ code: 'recipe.edit.not-yaml' }) as Error);
  });
});

describe('200 random edits of a recipe in any layout', () => {
  const key = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'epsilon');
  const leaf = fc.oneof(fc.integer({ min: -5, max: 1000 }), fc.constantFrom('text', 'a: b', '#no', 'yes', '', 'über', '1e3', 'two words'), fc.boolean());
  const comment = fc.constantFrom('', '', '', '  # why', ' # 100% "sure": yes');
  const ends = fc.constantFrom('\n', '\r\n');
  /** A group of fields as text, in a layout that people write. */
  const group = (depth: number, indent: number): fc.Arbitrary<string[]> =>
    fc.uniqueArray(fc.tuple(key, field(depth, indent), comment, fc.constantFrom([], [], [''], ['# above'])), { selector: ([name]) => name, minLength: 1, maxLength: 4 })
      .map((fields) => fields.flatMap(([name, [first, ...rest], words, above]) => [
        ...above.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)), `${' '.repeat(indent)}${name}:${first === '' ? '' : ` ${first}`}${words}`, ...rest,
      ]));
  const field = (depth: number, indent: number): fc.Arbitrary<string[]> =>
    fc.oneof(
      leaf.map((value) => [JSON.stringify(value)]),
      fc.array(leaf, { maxLength: 3 }).map((items) => [`[${items.map((item) => JSON.stringify(item)).join(', ')}]`]),
      fc.array(leaf, { minLength: 1, maxLength: 3 }).map((items) => ['', ...items.map((item) => `${' '.repeat(indent + 2)}- ${JSON.stringify(item)}`)]),
      ...(depth === 0 ? [] : [group(depth - 1, indent + 2).map((lines) => ['', ...lines])]),
      fc.constant<string[]>(['|', `${' '.repeat(indent + 2)}first line`, `${' '.repeat(indent + 2)}# no comment`]),
    );
  const path = fc.array(fc.constantFrom<string | number>('alpha', 'beta', 'gamma', 'delta', 'epsilon'), { minLength: 1, maxLength: 3 });
  const value = fc.oneof(leaf, fc.constant(undefined), fc.array(leaf, { minLength: 1, maxLength: 2 }), fc.record({ zeta: leaf }, { noNullPrototype: true }));

  /** Lines that hold a comment, in their order, told apart from texts over several lines. */
  const comments = (text: string): string[] => text.split(/\r?\n/).filter((line) => /(^|\s)# (why|100%|above)/.test(line) || /# above/.test(line)).map((line) => line.slice(line.indexOf('#')));

  test('says what was meant, changes one place, and keeps every comment that is not about what went away', () => {
    let refused = 0;
    let made = 0;
    fc.assert(fc.property(group(2, 0), ends, fc.boolean(), path, value, (lines, end, endsLine, where, what) => {
      const text = lines.join(end) + (endsLine ? end : '');
      let edit;
      try {
        edit = editField(text, where, what);
      } catch (fault) {
        expect(fault).toBeInstanceOf(UserError);
        refused++;
        return;
      }
      if (!edit) return;
      made++;
      const after = applyEdit(text, edit);
      const said = where.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], parse(after));
      expect(said).toEqual(what);
      const kept = comments(text.slice(0, edit.from)).concat(comments(text.slice(edit.to)));
      // A comment that an edit spans is written again with it, unless its field was replaced by another kind or removed.
      if (what !== undefined) expect(comments(after).length).toBeGreaterThanOrEqual(kept.length);
      expect(after.startsWith(text.slice(0, edit.from)) && after.endsWith(text.slice(edit.to))).toBe(true);
    }), { numRuns: 2000, seed: 7 });
    expect(made).toBeGreaterThan(1000);
    expect(refused / (made + refused)).toBeLessThan(0.02);
  });
});
