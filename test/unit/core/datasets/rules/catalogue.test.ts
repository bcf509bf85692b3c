/** Every rule explains itself to somebody who knows nothing, and the page about them says what the code does. */

import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { FILE_RULES, ROW_RULES, ruleOf } from '../../../../../src/core/datasets/rules/catalogue.ts';
import { FINDINGS_FILE, generateFindings } from '../../../../../src/core/datasets/rules/generateFindings.ts';
import { severityFor, type Rule } from '../../../../../src/core/datasets/rules/rule.ts';
import { TARGETS } from '../../../../../src/core/datasets/targets/table.ts';

const RULES = [...Object.entries<Rule>(ROW_RULES), ...Object.entries<Rule>(FILE_RULES)];

test('docs/FINDINGS.md is what `npm run findings` writes', async () => {
  expect(await readFile(FINDINGS_FILE, 'utf8')).toBe(generateFindings());
});

describe.each(RULES)('%s', (code, rule) => {
  test('has a title, says why it matters and what to do', () => {
    expect(code).toMatch(/^dataset\.[a-z.-]+$/);
    expect(rule.title).toMatch(/^[A-Z].{3,60}[^.]$/);
    expect(rule.means).toMatch(/^[A-Z].{40,400}\.$/);
    expect(rule.remedy).toMatch(/^[A-Z].*[^.]$/);
  });

  test('matters somewhere', () => {
    expect(TARGETS.some((target) => severityFor(rule, target) !== undefined)).toBe(true);
  });
});

test('no two rules have one title, except a rule about rows and the same about a whole file', () => {
  const titles = [ROW_RULES, FILE_RULES].map((rules) => Object.values<Rule>(rules).map(({ title }) => title));
  for (const list of titles) expect(new Set(list).size).toBe(list.length);
});

test('a rule is found by its code', () => {
  expect(ruleOf('dataset.duplicates')).toBe(ROW_RULES['dataset.duplicates']);
  expect(ruleOf('dataset.empty')).toBe(FILE_RULES['dataset.empty']);
  expect(ruleOf('toString')).toBeUndefined();
});
