/** The runner as a process: a whole job on a real, tiny model. */

import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { readManifest } from '../../../src/core/jobs/jobSnapshot.ts';
import { rowsOfTickets } from '../support/tinyModel.ts';
import { ended, openWorkshop } from '../support/workshop.ts';
import { JOB_TEST_MS } from '../support/until.ts';

vi.setConfig({ testTimeout: JOB_TEST_MS, hookTimeout: JOB_TEST_MS });

describe('a local job', () => {
  it('trains, saves an adapter, compares it with the base model, and can be asked', async () => {
    await using workshop = await openWorkshop({ epochs: 6 });
    const client = workshop.client();
    const submitted = await client.submit(workshop.recipe);
    expect(submitted.state).toBe('queued');
    const job = await ended(client, submitted.id);
    const log = await readFile(join(job.folder, 'log.txt'), 'utf8');
    expect(job.fault, log).toBeUndefined();
    expect(job).toMatchObject({ state: 'succeeded', step: 54, totalSteps: 54, technique: 'sft' });
    expect(client.metrics(job.id).filter(({ values }) => values.loss !== undefined).map(({ step }) => step))
      .toEqual(Array.from({ length: 54 }, (_, index) => index + 1));
    expect(client.events(job.id).filter((event) => event.kind === 'state').map(({ state }) => state))
      .toEqual(['queued', 'preparing', 'training', 'evaluating', 'succeeded']);
    expect(job.evaluation?.rows).toBe(12);
    expect((await client.evaluation(job.id))?.cases).toHaveLength(12);
    expect(JSON.parse(await readFile(join(job.artifact!, 'adapter_config.json'), 'utf8'))).toMatchObject({ peft_type: 'LORA', r: 4 });

    const tuned = (await client.models()).find((model) => model.jobId === job.id);
    expect(tuned).toMatchObject({ kind: 'tuned', systemPrompt: 'Route the ticket.', baseModel: workshop.model });
    const pieces: string[] = [];
    const request = { messages: [{ role: 'user', content: 'my login is wrong' }], maxNewTokens: 8, temperature: 0 } as const;
    const [base, answer] = await Promise.all([
      client.generate({ ...request, model: workshop.model }, () => undefined),
      client.generate({ ...request, model: job.id }, (piece) => pieces.push(piece)),
    ]);
    expect(pieces.join('')).toBe(answer.text);
    expect(base.text).not.toBe(answer.text);
    expect(workshop.faults).toEqual([]);
  });

  it('learns from preference pairs', async () => {
    const lines = rowsOfTickets(48).map(({ prompt, answer }) => JSON.stringify({ prompt, chosen: answer, rejected: `not ${answer}` }));
    await using workshop = await openWorkshop({ epochs: 3, technique: 'dpo', lines: [...lines, JSON.stringify({ prompt: 'single', completion: 'answer' })], training: { evalEverySteps: 9 } });
    const client = workshop.client();
    const job = await ended(client, (await client.submit(workshop.recipe)).id);
    const log = await readFile(join(job.folder, 'log.txt'), 'utf8');
    expect(job.fault, log).toBeUndefined();
    expect(job).toMatchObject({ state: 'succeeded', step: 27, technique: 'dpo' });
    const points = client.metrics(job.id).map(({ values }) => values);
    expect(points.find(({ loss }) => loss !== undefined)?.loss).toBeCloseTo(Math.LN2, 3);
    expect(points.findLast((values) => values['rewards/accuracies'] !== undefined)?.['rewards/accuracies']).toBe(1);
    expect(points.findLast((values) => values['eval_rewards/margins'] !== undefined)?.['eval_rewards/margins']).toBeGreaterThan(0);
    expect(job.evaluation).toMatchObject({ metric: 'preference', tuned: { value: 1 } });
    expect(job.evaluation?.sentence).toContain('held-out pairs');
    const [first] = (await client.evaluation(job.id))!.cases;
    expect(first).toMatchObject({ tuned: first.expected, tunedCorrect: true });
    expect(log).toContain('holds one answer and not two to choose between');
    expect(workshop.faults).toEqual([]);
  });

  it('goes on from the adapter of another job', async () => {
    await using workshop = await openWorkshop({ epochs: 2, training: { rank: 6 } });
    const first = await ended(workshop.client(), (await workshop.client().submit(workshop.recipe)).id);
    await using next = await openWorkshop({ epochs: 1, startFrom: first.artifact! });
    const client = next.client();
    const job = await ended(client, (await client.submit(next.recipe)).id);
    expect(job.fault).toBeUndefined();
    expect(JSON.parse(await readFile(join(job.artifact!, 'adapter_config.json'), 'utf8'))).toMatchObject({ r: 6 });
    const firstLoss = (from: typeof client, id: string): number => from.metrics(id).find(({ values }) => values.loss !== undefined)!.values.loss!;
    expect(firstLoss(client, job.id)).toBeLessThan(firstLoss(workshop.client(), first.id));
  });

  it('trains beside a base model that is held in float16', async () => {
    await using workshop = await openWorkshop({ epochs: 6, training: { precision: 'float16' } });
    const client = workshop.client();
    const job = await ended(client, (await client.submit(workshop.recipe)).id);
    expect(job.fault).toBeUndefined();
    expect((await readManifest(job.folder)).resolved.precision).toBe('float16');
    const losses = client.metrics(job.id).flatMap(({ values }) => values.loss ?? []);
    expect(losses.at(-1)).toBeLessThan(losses[0] - 0.3);
    expect(job.evaluation?.rows).toBe(12);
  });

  it('of the full method leaves a whole model that needs no other', async () => {
    await using workshop = await openWorkshop({ epochs: 1, training: { method: 'full' } });
    const client = workshop.client();
    const job = await ended(client, (await client.submit(workshop.recipe)).id);
    expect(job.fault).toBeUndefined();
    await rename(workshop.model, `${workshop.model}-gone`);
    const answer = await client.generate(
      { model: job.id, messages: [{ role: 'user', content: 'hello' }], maxNewTokens: 3, temperature: 0 }, () => undefined);
    expect(['end', 'length']).toContain(answer.finish);
  });
});
