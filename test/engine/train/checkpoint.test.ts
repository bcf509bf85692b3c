/** Checkpoints come back exactly, replace older ones, and survive a full disk. */

import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findLatestCheckpoint, loadCheckpoint, saveCheckpoint, type Checkpoint } from '../../../src/engine/train/checkpoint.ts';

const disk = vi.hoisted(() => ({ bytesLeft: Infinity }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => {
      const handle = await real.open(...args);
      return new Proxy(handle, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key);
          if (typeof value !== 'function') return value;
          if (key !== 'write') return value.bind(target) as unknown;
          return async (buffer: Uint8Array, ...rest: number[]) => {
            disk.bytesLeft -= rest[1] ?? buffer.length;
            if (disk.bytesLeft < 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
            return (value as (...all: unknown[]) => Promise<unknown>).call(target, buffer, ...rest);
          };
        },
      });
    },
  };
});

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'checkpoint-'));
});
afterEach(async () => {
  disk.bytesLeft = Infinity;
  await fs.rm(folder, { recursive: true });
});

function sampleAt(step: number): Checkpoint {
  const tensors = (scale: number) => new Map([['w', { shape: [2, 2], data: Float32Array.from([0.1, -2, 3e-30, step], (value) => value * scale) }]]);
  return {
    identity: { technique: 'sft', method: 'full', seed: 1, totalSteps: 9, rowsPerStep: 4, items: 12, data: 'abc' },
    step, updates: step + 1, data: { epoch: 1, step: 2, random: [1, 2, 3, 4294967295] }, lossSum: 1 / 3, evaluation: { step: 2, loss: 0.7 },
    best: { step, loss: 0.7, criterion: 0.7, evaluationsSince: 0 },
    parameters: tensors(1), firstMoment: tensors(2), secondMoment: tensors(3),
  };
}

describe('a checkpoint', () => {
  it('comes back exactly as it was', async () => {
    const checkpoint = sampleAt(4);
    const saved = await saveCheckpoint(folder, checkpoint, 2);
    expect(saved).toBe(join(folder, 'step-00000004'));
    expect(await loadCheckpoint(saved, checkpoint.identity)).toMatchObject(checkpoint);
  });

  it('replaces all but the one before it', async () => {
    for (const step of [2, 4, 6, 8]) await saveCheckpoint(folder, sampleAt(step), 2);
    expect((await fs.readdir(folder)).sort()).toEqual(['step-00000006', 'step-00000008']);
    expect(await findLatestCheckpoint(folder)).toBe(join(folder, 'step-00000008'));
  });

  it('replaces no checkpoint that is the best, nor as many as are to be kept', async () => {
    const best = { step: 2, loss: 0.5, criterion: 0.5, evaluationsSince: 1 };
    for (const step of [2, 4, 6, 7, 8]) await saveCheckpoint(folder, { ...sampleAt(step), best }, 3);
    expect((await fs.readdir(folder)).sort()).toEqual(['step-00000002', 'step-00000006', 'step-00000007', 'step-00000008']);
    await saveCheckpoint(folder, { ...sampleAt(9), best: { ...best, step: 9 } }, 1);
    expect(await fs.readdir(folder)).toEqual(['step-00000009']);
  });

  it('removes what a run had saved beyond the step that it went back to', async () => {
    for (const step of [6, 8]) await saveCheckpoint(folder, sampleAt(step), 2);
    await saveCheckpoint(folder, sampleAt(7), 2);
    expect((await fs.readdir(folder)).sort()).toEqual(['step-00000006', 'step-00000007']);
  });

  it('can be written twice at one step', async () => {
    await saveCheckpoint(folder, sampleAt(4), 2);
    await saveCheckpoint(folder, { ...sampleAt(4), lossSum: 5 }, 2);
    expect((await loadCheckpoint(join(folder, 'step-00000004'), sampleAt(4).identity)).lossSum).toBe(5);
  });

  it('leaves the earlier one intact when the disk is full', async () => {
    const first = await saveCheckpoint(folder, sampleAt(2), 2);
    disk.bytesLeft = 200;
    await expect(saveCheckpoint(folder, sampleAt(4), 2)).rejects.toMatchObject({
      code: 'disk.full', message: expect.stringContaining('step 4') as string, remedy: expect.stringContaining('Free some space') as string,
    });
    disk.bytesLeft = Infinity;
    expect(await fs.readdir(folder)).toEqual(['step-00000002']);
    expect(await loadCheckpoint(first, sampleAt(2).identity)).toMatchObject(sampleAt(2));
  });

  it('is not looked for where nothing was saved, nor found half written', async () => {
    expect(await findLatestCheckpoint(join(folder, 'nowhere'))).toBeUndefined();
    await fs.mkdir(join(folder, 'step-00000009.partial'));
    expect(await findLatestCheckpoint(folder)).toBeUndefined();
    await saveCheckpoint(folder, sampleAt(4), 2);
    expect(await fs.readdir(folder)).toEqual(['step-00000004']);
  });

  it('says which setting differs from its run', async () => {
    const saved = await saveCheckpoint(folder, sampleAt(4), 2);
    await expect(loadCheckpoint(saved, { ...sampleAt(4).identity, seed: 2 }))
      .rejects.toMatchObject({ code: 'checkpoint.mismatch', message: expect.stringContaining('its seed is 1, this run\'s is 2') as string });
  });

  it('says that it cannot be read', async () => {
    const saved = await saveCheckpoint(folder, sampleAt(4), 2);
    for (const text of ['{', '{}', '{"format":1}', '{"format":2}']) {
      await fs.writeFile(join(saved, 'state.json'), text);
      await expect(loadCheckpoint(saved, sampleAt(4).identity)).rejects.toMatchObject({ code: 'checkpoint.unreadable' });
    }
    await expect(loadCheckpoint(join(folder, 'nowhere'), sampleAt(4).identity)).rejects.toMatchObject({ code: 'checkpoint.unreadable' });
  });

  it.each(['parameters', 'first-moment', 'second-moment'])('says that its %s are cut off, and how to go on from the checkpoint before', async (name) => {
    const saved = await saveCheckpoint(folder, sampleAt(4), 2);
    const file = join(saved, `${name}.safetensors`);
    await fs.truncate(file, 10);
    await expect(loadCheckpoint(saved, sampleAt(4).identity)).rejects.toMatchObject({
      code: 'checkpoint.unreadable', message: expect.stringMatching(/step-00000004.*is cut off/) as string,
      remedy: `Delete the folder ${saved} and resume: the run then goes on from the checkpoint before it.`, place: { file },
    });
  });
});
