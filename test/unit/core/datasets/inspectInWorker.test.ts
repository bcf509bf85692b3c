/** A thread inspects as the plain function does: same profile, same errors, and it can be stopped. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { inspectDataset } from '../../../../src/core/datasets/inspect.ts';
import { DatasetInspector } from '../../../../src/core/datasets/inspectInWorker.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const folder = temporaryFolder();
const workerFile = fileURLToPath(new URL('../../../../src/core/datasets/worker.ts', import.meta.url));
const inspector = new DatasetInspector(workerFile);
const rows = Array.from({ length: 30_000 }, (_, i) => JSON.stringify({ prompt: `question ${i}`, completion: `answer ${i}` }));

describe('DatasetInspector', () => {
  test('gives the profile of the plain function, and progress on the way', async () => {
    const file = folder.write('rows.jsonl', [...rows, 'broken'].join('\n'));
    const shares: number[] = [];
    const profile = await inspector.inspect(file, { onProgress: ({ bytes, totalBytes }) => shares.push(bytes / totalBytes) });
    expect({ ...profile, seconds: 0 }).toEqual({ ...(await inspectDataset(file)), seconds: 0 });
    expect(shares.length).toBeGreaterThan(1);
  });

  test('an error for the user arrives as one', async () => {
    const fault: unknown = await inspector.inspect(`${folder.path}/gone.jsonl`).catch((reason: unknown) => reason);
    expect(fault).toBeInstanceOf(UserError);
    expect(fault).toMatchObject({ code: 'dataset.missing-file', place: { file: `${folder.path}/gone.jsonl` } });
  });

  test('aborting ends it with the reason', async () => {
    const controller = new AbortController();
    const inspecting = inspector.inspect(folder.write('abort.jsonl', rows.join('\n')), { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
    await expect(inspecting).rejects.toThrow('enough');
  });

  test('a worker that cannot start is a fault, not silence', async () => {
    const missing = `${folder.path}/no-worker.cjs`;
    expect(existsSync(missing)).toBe(false);
    await expect(new DatasetInspector(missing).inspect(folder.write('x.jsonl', ''))).rejects.toThrow();
  });
});
