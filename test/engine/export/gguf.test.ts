/** The GGUF format: what is written is read back, and what is damaged is refused. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Metadata, MetadataValue, TensorType } from '../../../src/engine/export/gguf/format.ts';
import { decodeTensor, encodeTensor } from '../../../src/engine/export/gguf/quantize.ts';
import { parseGgufHeader, readGgufHeader, readGgufTensor } from '../../../src/engine/export/gguf/reader.ts';
import { encodeHeader, writeGguf } from '../../../src/engine/export/gguf/writer.ts';
import { UserError } from '../../../src/engine/errors.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';

let scratch: string;
let files = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gguf-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const METADATA: Metadata = new Map<string, MetadataValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['a.count', { type: 'uint32', value: 4_000_000_000 }],
  ['a.debt', { type: 'int32', value: -7 }],
  ['a.share', { type: 'float32', value: 0.5 }],
  ['a.flag', { type: 'bool', value: true }],
  ['a.words', { type: 'array', of: 'string', value: ['Ġa', '', '日本'] }],
  ['a.numbers', { type: 'array', of: 'int32', value: [1, -2] }],
  ['a.none', { type: 'array', of: 'float32', value: [] }],
]);

function randomValues(count: number, seed = 1): Float32Array {
  const random = new RandomGenerator(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

describe('a file', () => {
  it('is read back as it was written, every tensor at a multiple of 32 bytes', async () => {
    const file = join(scratch, `${++files}.gguf`);
    const tensors = (['F32', 'F16', 'Q8_0', 'F32'] as TensorType[]).map((type, i) => ({ name: `t${i}`, shape: i === 3 ? [5] : [3, 64], type, values: randomValues(i === 3 ? 5 : 192, i) }));
    await writeGguf(file, METADATA, tensors.map(({ values, ...info }) => ({ ...info, load: () => Promise.resolve(values) })));
    const header = await readGgufHeader(file);
    expect([...header.metadata]).toEqual([...METADATA]);
    expect(header.tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual(tensors.map(({ name, shape, type }) => ({ name, shape, type })));
    for (const { offset } of header.tensors) expect((header.dataStart + offset) % 32).toBe(0);
    for (const { name, type, values } of tensors) {
      const found = await readGgufTensor(file, header, name);
      expect(found).toEqual(decodeTensor(encodeTensor(values, type, name).slice(), type));
    }
  });

  it('is refused when it is cut off anywhere', async () => {
    const file = join(scratch, `${++files}.gguf`);
    await writeGguf(file, METADATA, [{ name: 't', shape: [2, 32], type: 'Q8_0', load: () => Promise.resolve(randomValues(64)) }]);
    const whole = await readFile(file);
    for (let length = 0; length < whole.length - 31; length++) {
      let header: unknown;
      try {
        header = parseGgufHeader(whole.subarray(0, length), length, file);
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'gguf.file.invalid' });
      }
      expect(header).toBeUndefined();
    }
  });

  it('never gets anything but a header or a plain refusal out of damaged bytes', () => {
    const bytes = encodeHeader(METADATA, [{ name: 't', shape: [2, 32], type: 'Q8_0' }]);
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const damaged = bytes.slice();
      for (const { at, to } of changes) damaged[at] = to;
      try {
        parseGgufHeader(damaged, damaged.length + 128, 'x.gguf');
      } catch (fault) {
        expect(fault).toBeInstanceOf(UserError);
      }
    }), { numRuns: 2000 });
  });

  it.each([
    ['another magic number', (view: DataView) => view.setUint32(0, 1)],
    ['another version', (view: DataView) => view.setUint32(4, 2, true)],
    ['more tensors than there is room for', (view: DataView) => view.setBigUint64(8, 2n ** 62n, true)],
    ['more entries than there is room for', (view: DataView) => view.setBigUint64(16, 2n ** 40n, true)],
  ])('is refused with %s', (_, damage) => {
    const bytes = encodeHeader(METADATA, []);
    damage(new DataView(bytes.buffer, bytes.byteOffset));
    expect(() => parseGgufHeader(bytes, bytes.length, 'x.gguf')).toThrow(expect.objectContaining({ code: 'gguf.file.invalid' }));
  });
});

describe('Q8_0', () => {
  it('has llama.cpp\'s layout: a float16 scale and 32 bytes a block', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => i - 16);
    const bytes = encodeTensor(values, 'Q8_0', 't');
    // 16 / 127 as float16 is 0x3008; -16 becomes -127, 1 becomes round(7.9375).
    expect([...bytes.subarray(0, 3)]).toEqual([0x08, 0x30, 129]);
    expect(new Int8Array(bytes.buffer)[2 + 17]).toBe(8);
  });

  it('is off by half a step of its block at most, and by the rounding of the scale', () => {
    fc.assert(fc.property(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 32, maxLength: 32 }), (list) => {
      const values = Float32Array.from(list);
      const step = Math.max(...values.map(Math.abs)) / 127;
      const found = decodeTensor(encodeTensor(values, 'Q8_0', 't').slice(), 'Q8_0');
      // Below float16's smallest normal number the scale itself is coarse: 2^-25 for each of up to 127 steps.
      const bound = step * (0.5 + 127 * 2 ** -11) * 1.001 + 127 * 2 ** -25;
      values.forEach((value, i) => expect(Math.abs(value - found[i])).toBeLessThanOrEqual(bound));
    }));
  });
});

it('says which tensor 16 bits cannot hold', () => {
  expect(() => encodeTensor(Float32Array.of(1e6), 'F16', 'blk.0.ffn_up.weight')).toThrow(/blk\.0\.ffn_up\.weight has a value that 16 bits cannot hold/);
});
