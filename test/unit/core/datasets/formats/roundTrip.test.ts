/** What a format can say comes back as it was; what it cannot say is told, and nothing else. */

import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FormatDetector } from '../../../../../src/core/datasets/detect.ts';
import type { Example, Message } from '../../../../../src/core/datasets/example.ts';
import { Refusal, type Format } from '../../../../../src/core/datasets/formats/format.ts';
import { FORMATS } from '../../../../../src/core/datasets/formats/table.ts';
import { ExampleWriter, type Written } from '../../../../../src/core/datasets/writeExample.ts';
import { anyExample } from './anyExample.ts';

function tryWrite(format: Format, example: Example): Written | string {
  try {
    return new ExampleWriter(format).write(example);
  } catch (fault) {
    if (fault instanceof Refusal) return fault.message;
    throw fault;
  }
}

function readAnew(row: object): { readonly format: Format; readonly example: Example } {
  const detected = new FormatDetector().detect(JSON.parse(JSON.stringify(row)) as Record<string, unknown>);
  if (!detected) throw new Error('not recognized');
  return { format: detected.format, example: detected.format.read(detected.row) };
}

/** A weight of 1 is what an answer has that says nothing of it. */
function withoutUsualWeights(example: Example): unknown {
  return JSON.parse(JSON.stringify(example, (key, held: unknown) => (key === 'weight' && held === 1 ? undefined : held))) as unknown;
}

describe.each(FORMATS.map((format) => [format.id, format] as const))('%s', (id, format) => {
  test('its samples are read as what they are, and written as the same example', () => {
    for (const sample of format.samples) {
      const { format: seen, example } = readAnew(sample);
      expect(seen.id).toBe(id);
      const written = tryWrite(format, example);
      expect(written).toMatchObject({ lost: [] });
      expect(readAnew((written as Written).row)).toEqual({ format, example });
    }
  });

  test('any example is written, with a list of losses exactly when it does not come back, or refused in words', () => {
    let written = 0;
    fc.assert(fc.property(anyExample, (example) => {
      const result = tryWrite(format, example);
      if (typeof result === 'string') {
        expect(result).not.toBe('');
        return;
      }
      written++;
      const back = readAnew(result.row).example;
      expect(result.lost.length === 0, JSON.stringify(result)).toBe(isDeepStrictEqual(withoutUsualWeights(back), withoutUsualWeights(example)));
      expect(result.lost).not.toContain('other');
      // What was written once is at rest.
      expect(tryWrite(format, back)).toMatchObject({ lost: [] });
    }), { numRuns: 1000 });
    expect(written).toBeGreaterThan(0);
  });
});

test('messages that are read are plain data: keys with no value are left out', () => {
  for (const { samples } of FORMATS) {
    for (const sample of samples) {
      const { example } = readAnew(sample);
      const turns: readonly Message[] = 'messages' in example ? example.messages : 'prompt' in example ? example.prompt : [];
      for (const turn of turns) expect(Object.values(turn)).not.toContain(undefined);
    }
  }
});
