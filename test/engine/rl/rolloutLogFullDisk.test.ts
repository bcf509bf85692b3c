/** The log of rollouts on a disk that fills up: it says so, and what was there before stays readable. */

import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { RolloutLog, type RolloutRecord } from '../../../src/engine/rl/rolloutLog.ts';

const disk = vi.hoisted(() => ({ bytesLeft: Infinity }));

/** As the system does it: what fits is written and counted, and only the write after that fails. */
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
          return async (bytes: Uint8Array, from: number, length: number, position: number) => {
            if (disk.bytesLeft === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
            const fitting = Math.min(length, disk.bytesLeft);
            disk.bytesLeft -= fitting;
            return await target.write(bytes, from, fitting, position);
          };
        },
      });
    },
  };
});

function recordOf(step: number): RolloutRecord {
  return { step, row: 1, sample: 0, prompt: [{ role: 'user', content: 'q' }], completion: 'an answer', tokens: 3, finish: 'end', rewards: { rule: 1 }, reward: 1, advantage: 0 };
}

it('says that the disk is full, and goes on whole once there is room', async () => {
  const folder = await fs.mkdtemp(join(tmpdir(), 'rollouts-'));
  const file = join(folder, 'rollouts.jsonl');
  const log = await RolloutLog.open(file);
  await log.write(1, [recordOf(1)]);
  disk.bytesLeft = 20;
  await expect(log.write(2, [recordOf(2)])).rejects.toMatchObject({
    code: 'disk.full', message: expect.stringMatching(/step 2.*rollouts\.jsonl/) as string, remedy: expect.stringContaining('Free some space') as string, place: { file },
  });
  disk.bytesLeft = Infinity;
  await log.write(2, [recordOf(2)]);
  await log.close();
  expect(await fs.readFile(file, 'utf8')).toBe([1, 2].map((step) => `${JSON.stringify(recordOf(step))}\n`).join(''));
  await fs.rm(folder, { recursive: true });
});
