/** Safetensors files: round trips in every type, agreement with the reference writer, and no crash on any damage. */

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { UserError } from '../../src/engine/errors.ts';
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from '../../src/engine/model/numberFormats.ts';
import { loadFolderWeights, loadSafetensors, loadSafetensorsHeader, parseSafetensorsHeader, saveSafetensors } from '../../src/engine/model/safetensors.ts';
import type { Weights, WeightTensor } from '../../src/engine/model/weights.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tensor = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.array(fc.float({ noNaN: true }), { minLength: size(shape), maxLength: size(shape) }),
    ),
  )
  .map(([shape, values]): WeightTensor => ({ shape, data: Float32Array.from(values) }));
const weightsArbitrary = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 12 }).filter((name) => name !== '__metadata__'), tensor, { maxKeys: 5 })
  .map((entries): Weights => new Map(Object.entries(entries)));

function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

async function sample(name: string, dtype: 'F32' | 'F16' = 'F32'): Promise<string> {
  const file = join(folder, name);
  const weights = new Map([
    ['a.weight', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['b.weight', { shape: [4], data: Float32Array.of(-1, 0.5, 0.25, 0) }],
  ]);
  await saveSafetensors(file, weights, { dtype, metadata: { format: 'pt' } });
  return file;
}

/** A file with a header of our making and `dataBytes` of zeros. */
function withHeader(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('round trip', () => {
  test('float32 comes back bit for bit, whatever the names and shapes', async () => {
    const file = join(folder, 'round.safetensors');
    await fc.assert(
      fc.asyncProperty(weightsArbitrary, async (weights) => {
        await saveSafetensors(file, weights, { metadata: { format: 'pt', note: 'ä "quoted"' } });
        const loaded = await loadSafetensors(file);
        expect([...loaded.weights.keys()].sort()).toEqual([...weights.keys()].sort());
        for (const [name, { shape, data }] of weights) {
          expect(loaded.weights.get(name)!.shape).toEqual(shape);
          expect(new Uint8Array(loaded.weights.get(name)!.data.buffer)).toEqual(new Uint8Array(data.buffer));
        }
        expect({ ...loaded.metadata }).toEqual({ format: 'pt', note: 'ä "quoted"' });
      }),
      { numRuns: 100 },
    );
  });

  test('the 16-bit types keep every value that they can hold', () => {
    const patterns = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
    const floats = new Float32Array(patterns.length);
    const back = new Uint16Array(patterns.length);
    for (const [read, write] of [
      [halfToFloat, floatToHalf],
      [bfloatToFloat, floatToBfloat],
    ] as const) {
      read(patterns, floats);
      write(floats, back);
      const changed = patterns.filter((bits, i) => back[i] !== bits && !Number.isNaN(floats[i]));
      expect([...changed]).toEqual([]);
    }
  });

  test('16-bit rounding is to the nearest value, ties to even', () => {
    const halves = new Uint16Array(6);
    expect(floatToHalf(Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 3 * 2 ** -25), halves)).toBe(1);
    expect([...halves]).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00, 0x0000, 0x0002]);
    const bfloats = new Uint16Array(3);
    floatToBfloat(Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, NaN), bfloats);
    expect([bfloats[0], bfloats[1]]).toEqual([0x3f80, 0x3f82]);
    expect((bfloats[2] & 0x7fff) > 0x7f80).toBe(true);
  });

  test('a value that F16 cannot hold is refused before the old file is replaced', async () => {
    const file = await sample('overflow.safetensors');
    const before = await readFile(file);
    const weights = new Map([['w', { shape: [1], data: Float32Array.of(70000) }]]);
    expect(await codeOf(saveSafetensors(file, weights, { dtype: 'F16' }))).toBe('model.weights.overflow');
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('equal weights give equal bytes in any order of insertion', async () => {
    const [one, two] = [join(folder, 'one.safetensors'), join(folder, 'two.safetensors')];
    const [a, b] = [{ shape: [1], data: Float32Array.of(1) }, { shape: [2], data: Float32Array.of(2, 3) }];
    await saveSafetensors(one, new Map([['a', a], ['b', b]]));
    await saveSafetensors(two, new Map([['b', b], ['a', a]]));
    expect(await readFile(one)).toEqual(await readFile(two));
  });
});

describe('damage', () => {
  test('every truncation is called one, with both sizes and what to do', async () => {
    const whole = await readFile(await sample('whole.safetensors'));
    const file = join(folder, 'cut.safetensors');
    for (let length = 0; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length));
      expect(await codeOf(loadSafetensors(file))).toBe('model.weights.truncated');
    }
    await writeFile(file, whole.subarray(0, whole.length - 3));
    await expect(loadSafetensors(file)).rejects.toMatchObject({
      message: `cut.safetensors is cut off: it has ${whole.length - 3} bytes and needs ${whole.length}.`,
      remedy: 'Download or copy the file again; the transfer was interrupted.',
      place: { file },
    });
  });

  test('flipped bytes never do worse than a UserError', async () => {
    const whole = await readFile(await sample('flip.safetensors', 'F16'));
    const file = join(folder, 'flipped.safetensors');
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(file, bytes);
        await codeOf(loadSafetensors(file));
      }),
      { numRuns: 300 },
    );
  });

  test('any JSON as a header is read or refused, never a crash', () => {
    const entry = fc.record(
      { dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'I64', ''), fc.jsonValue()), shape: fc.jsonValue(), data_offsets: fc.array(fc.integer()) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.dictionary(fc.string(), entry).map((x) => JSON.stringify(x))), fc.nat(64), (json, bytes) => {
        try {
          parseSafetensorsHeader(json, 8, bytes, 'x.safetensors');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const f32 = (shape: number[], begin: number, end: number): unknown => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
  test.each([
    ['overlapping tensors', { a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12, 'model.weights.corrupt'],
    ['a gap', { a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12, 'model.weights.corrupt'],
    ['bytes of no tensor', { a: f32([1], 0, 4) }, 8, 'model.weights.corrupt'],
    ['an end beyond the file', { a: f32([4], 0, 16) }, 12, 'model.weights.truncated'],
    ['shape against bytes', { a: f32([3], 0, 8) }, 8, 'model.weights.corrupt'],
    ['an end before the start', { a: f32([0], 4, 0) }, 4, 'model.weights.corrupt'],
    ['a negative offset', { a: f32([1], -4, 0) }, 4, 'model.weights.corrupt'],
    ['a fractional size', { a: f32([1.5], 0, 6) }, 6, 'model.weights.corrupt'],
    ['sizes whose product is beyond counting', { a: f32([2 ** 40, 2 ** 40], 0, 8) }, 8, 'model.weights.corrupt'],
    ['a list', [1], 0, 'model.weights.corrupt'],
    ['no JSON', '{"a":', 0, 'model.weights.corrupt'],
    ['a type we cannot train on', { a: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8, 'model.weights.dtype'],
  ])('%s', async (_, header, bytes, code) => {
    const file = join(folder, 'made.safetensors');
    await writeFile(file, withHeader(header, bytes));
    expect(await codeOf(loadSafetensors(file))).toBe(code);
  });

  test('a header length beyond all reason is refused without asking for the memory', async () => {
    const file = join(folder, 'huge.safetensors');
    await writeFile(file, new Uint8Array(16).fill(0xff));
    expect(await codeOf(loadSafetensors(file))).toBe('model.weights.corrupt');
  });

  test('a missing file and a folder in its place', async () => {
    expect(await codeOf(loadSafetensors(join(folder, 'none.safetensors')))).toBe('model.weights.missing');
    expect(await codeOf(loadSafetensors(folder))).toBe('model.weights.missing');
  });

  test('a tensor named like a property of every object is a tensor', async () => {
    const file = join(folder, 'proto.safetensors');
    await saveSafetensors(file, new Map([['__proto__', { shape: [1], data: Float32Array.of(7) }]]));
    const header = await loadSafetensorsHeader(file);
    expect(header.entries.map(({ name }) => name)).toEqual(['__proto__']);
    expect((await loadSafetensors(file)).weights.get('__proto__')!.data[0]).toBe(7);
  });
});

describe('shards', () => {
  const one = new Map([['a', { shape: [1], data: Float32Array.of(1) }]]);
  const two = new Map([['b', { shape: [1], data: Float32Array.of(2) }]]);

  async function sharded(map: unknown): Promise<string> {
    const model = await mkdtemp(join(folder, 'sharded-'));
    await saveSafetensors(join(model, 'model-1.safetensors'), one);
    await saveSafetensors(join(model, 'model-2.safetensors'), two);
    await writeFile(join(model, 'model.safetensors.index.json'), typeof map === 'string' ? map : JSON.stringify(map));
    return model;
  }

  test('are read as one set of weights', async () => {
    const weights = await loadFolderWeights(await sharded({ weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors' } }));
    expect([weights.get('a')!.data[0], weights.get('b')!.data[0]]).toEqual([1, 2]);
  });

  test.each([
    ['no JSON', '{', 'model.weights.index'],
    ['no map', {}, 'model.weights.index'],
    ['a path outside the folder', { weight_map: { a: '../model-1.safetensors' } }, 'model.weights.index'],
    ['a tensor that its shard lacks', { weight_map: { a: 'model-2.safetensors' } }, 'model.weights.index'],
    ['a shard that is missing', { weight_map: { a: 'model-3.safetensors' } }, 'model.weights.missing'],
  ])('%s', async (_, map, code) => {
    expect(await codeOf(loadFolderWeights(await sharded(map)))).toBe(code);
  });

  test('a folder without weights says which file it looked for', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    await expect(loadFolderWeights(empty)).rejects.toMatchObject({ code: 'model.weights.missing', place: { file: join(empty, 'model.safetensors') } });
  });
});
