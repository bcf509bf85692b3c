/** Profiles are computed one at a time, kept until the file changes, and never shown when stale. */

import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/datasets/finding.ts';
import type { DatasetProfile } from '../../../src/core/datasets/profile.ts';
import { type DatasetFileFacts, DatasetModel } from '../../../src/host/datasets/datasetModel.ts';
import { FakeClock } from '../support/fakeTime.ts';
import { aFinding, aProfile } from './samples.ts';

class World {
  readonly files = new Map<string, DatasetFileFacts>();
  readonly running: { file: string; signal: AbortSignal; answer: PromiseWithResolvers<DatasetProfile>; find: (findings: readonly Finding[]) => void }[] = [];
  readonly inspected: string[] = [];
  readonly clock = new FakeClock();
  /** there, and not in the workspace */
  readonly elsewhere = new Set<string>();
  isCut = false;

  add(file: string, modifiedAt = 1): void {
    this.files.set(file, { file, bytes: 10, modifiedAt });
  }

  model(): DatasetModel {
    return new DatasetModel({
      find: () => Promise.resolve({ files: [...this.files.keys()].filter((file) => !this.elsewhere.has(file)), isCut: this.isCut }),
      stat: (file) => Promise.resolve(this.files.get(file)),
      inspect: (file, signal, _onShare, onFindings) => {
        const answer = Promise.withResolvers<DatasetProfile>();
        signal.addEventListener('abort', () => answer.reject(signal.reason as Error));
        this.running.push({ file, signal, answer, find: (findings) => onFindings?.(findings) });
        this.inspected.push(file);
        return answer.promise;
      },
    }, this.clock);
  }

  async answer(): Promise<void> {
    const next = this.running.shift();
    if (!next) throw new Error('nothing is being inspected');
    next.answer.resolve(aProfile({ file: next.file }));
    await settled();
  }
}

const SECOND = 1000;

/** Lets every promise that can go on go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function states(model: DatasetModel): string[] {
  return model.entries.map(({ file, state }) => `${file} ${state}`);
}

describe('DatasetModel', () => {
  it('reads nothing before somebody looks', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.touch('/a.jsonl');
    expect(model.entries).toEqual([]);
    expect(world.inspected).toEqual([]);
  });

  it('knows whether there are more files than it lists', async () => {
    const world = new World();
    world.add('/a.jsonl');
    world.isCut = true;
    const model = world.model();
    await model.start();
    expect(model.isCut).toBe(true);
    world.isCut = false;
    await model.refresh();
    expect(model.isCut).toBe(false);
  });

  it('inspects one file after the other', async () => {
    const world = new World();
    world.add('/b.jsonl');
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    expect(states(model)).toEqual(['/a.jsonl inspecting', '/b.jsonl waiting']);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known', '/b.jsonl inspecting']);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known', '/b.jsonl known']);
  });

  it('shows what was found in the rows so far, and nothing of an inspection that is over', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    const stale = world.running[0];
    stale?.find([aFinding()]);
    expect(model.get('/a.jsonl')).toMatchObject({ state: 'inspecting', findings: [aFinding()] });
    world.add('/a.jsonl', 2);
    await model.touch('/a.jsonl');
    stale?.find([aFinding(), aFinding()]);
    expect(model.get('/a.jsonl')?.state).toBe('waiting');
  });

  it('keeps a profile while the file stays the same', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    await world.answer();
    await model.touch('/a.jsonl');
    expect(states(model)).toEqual(['/a.jsonl known']);
    expect(await model.profile('/a.jsonl', new AbortController().signal)).toEqual(aProfile({ file: '/a.jsonl' }));
    expect(world.inspected).toEqual(['/a.jsonl']);
  });

  it('cancels an inspection whose file changes and starts again', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    const stale = world.running.shift();
    world.add('/a.jsonl', 2);
    await model.touch('/a.jsonl');
    await settled();
    expect(stale?.signal.aborted).toBe(true);
    world.clock.advance(SECOND);
    expect(states(model)).toEqual(['/a.jsonl inspecting']);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known']);
  });

  it('waits until a file that is written again and again has come to rest, while others are inspected', async () => {
    const world = new World();
    world.add('/a.jsonl');
    world.add('/b.jsonl');
    const model = world.model();
    await model.start();
    await world.answer();
    for (let at = 2; at < 50; at++) {
      world.add('/a.jsonl', at);
      await model.touch('/a.jsonl');
      world.clock.advance(0.2 * SECOND);
    }
    expect(states(model)).toEqual(['/a.jsonl waiting', '/b.jsonl inspecting']);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl waiting', '/b.jsonl known']);
    world.clock.advance(SECOND);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known', '/b.jsonl known']);
    expect(world.inspected).toEqual(['/a.jsonl', '/b.jsonl', '/a.jsonl']);
  });

  it('tries less and less often to inspect a file that changes before it is through', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    for (let at = 2; at < 62; at++) {
      world.add('/a.jsonl', at);
      await model.touch('/a.jsonl');
      await settled();
      world.clock.advance(5 * SECOND);
    }
    // Five minutes.
    expect(world.inspected.length).toBeLessThan(8);
    world.clock.advance(60 * SECOND);
    world.running.splice(0, world.running.length - 1);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known']);
  });

  it('leaves no timer behind', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    world.add('/a.jsonl', 2);
    await model.touch('/a.jsonl');
    model.dispose();
    expect(world.clock.timers).toBe(0);
  });

  it('forgets a file that is deleted, and goes on with the next', async () => {
    const world = new World();
    world.add('/a.jsonl');
    world.add('/b.jsonl');
    const model = world.model();
    await model.start();
    world.files.delete('/a.jsonl');
    await model.touch('/a.jsonl');
    await settled();
    expect(states(model)).toEqual(['/b.jsonl inspecting']);
  });

  it('keeps the fault of a file that cannot be read', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    world.running[0]?.answer.reject(new Error('no permission'));
    await settled();
    expect(model.get('/a.jsonl')).toMatchObject({ state: 'failed', fault: new Error('no permission') });
  });

  it('looks again when folders come and go', async () => {
    const world = new World();
    world.add('/one/a.jsonl');
    world.add('/one/b.jsonl');
    const model = world.model();
    await model.refresh();
    expect(model.entries).toEqual([]);
    await model.start();
    await world.answer();
    expect(states(model)).toEqual(['/one/a.jsonl known', '/one/b.jsonl inspecting']);
    world.files.delete('/one/b.jsonl');
    world.add('/two/c.jsonl');
    await model.refresh();
    await settled();
    expect(states(model)).toEqual(['/one/a.jsonl known', '/two/c.jsonl inspecting']);
    expect(world.inspected).toEqual(['/one/a.jsonl', '/one/b.jsonl', '/two/c.jsonl']);
  });

  it('checks a file that somebody looks at before all others, in the workspace or not', async () => {
    const world = new World();
    for (const file of ['/a.jsonl', '/b.jsonl', '/c.jsonl']) world.add(file);
    const model = world.model();
    await model.start();
    const looking = await model.open('/c.jsonl');
    await settled();
    expect(states(model)).toEqual(['/a.jsonl waiting', '/b.jsonl waiting', '/c.jsonl inspecting']);
    expect(world.running.shift()?.signal.aborted).toBe(true);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl inspecting', '/b.jsonl waiting', '/c.jsonl known']);
    looking.dispose();

    const elsewhere = new World();
    elsewhere.add('/elsewhere/x.jsonl');
    const other = elsewhere.model();
    const handle = await other.open('/elsewhere/x.jsonl');
    await elsewhere.answer();
    expect(states(other)).toEqual(['/elsewhere/x.jsonl known']);
    elsewhere.add('/elsewhere/x.jsonl', 2);
    await other.touch('/elsewhere/x.jsonl');
    elsewhere.clock.advance(SECOND);
    expect(states(other)).toEqual(['/elsewhere/x.jsonl inspecting']);
    handle.dispose();
  });

  it('keeps a file that is looked at when it looks again', async () => {
    const world = new World();
    const model = world.model();
    await model.start();
    world.add('/x.jsonl');
    const looking = await model.open('/x.jsonl');
    world.elsewhere.add('/x.jsonl');
    await model.refresh();
    expect(model.get('/x.jsonl')).toBeDefined();
    looking.dispose();
    await model.refresh();
    expect(model.get('/x.jsonl')).toBeUndefined();
  });

  it.each([true, false])('forgets a file that went with its folder while somebody looks at it (view open: %s)', async (isStarted) => {
    const world = new World();
    world.add('/one/a.jsonl');
    const model = world.model();
    if (isStarted) await model.start();
    const looking = await model.open('/one/a.jsonl');
    world.files.clear();
    await model.refresh();
    expect(model.entries).toEqual([]);
    looking.dispose();
  });

  it('stops a check and keeps what it has found, until it is asked to go on', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    const stopped = world.running.shift();
    stopped?.find([aFinding()]);
    model.stop('/a.jsonl');
    await settled();
    expect(stopped?.signal.aborted).toBe(true);
    expect(model.get('/a.jsonl')).toMatchObject({ state: 'stopped', findings: [aFinding()] });
    model.check('/a.jsonl');
    expect(states(model)).toEqual(['/a.jsonl inspecting']);
    await world.answer();
    expect(states(model)).toEqual(['/a.jsonl known']);
    model.stop('/a.jsonl');
    expect(states(model)).toEqual(['/a.jsonl known']);
  });

  const never = new AbortController().signal;

  it('checks a file for another place in place of the check that runs', async () => {
    const world = new World();
    world.add('/a.jsonl');
    world.add('/b.jsonl');
    const model = world.model();
    await model.start();
    const rechecked = model.recheck('/a.jsonl', never);
    await settled();
    expect(world.running.shift()?.signal.aborted).toBe(true);
    expect(world.inspected).toEqual(['/a.jsonl', '/a.jsonl', '/b.jsonl']);
    await world.answer();
    await rechecked;
    expect(states(model)).toEqual(['/a.jsonl known', '/b.jsonl inspecting']);
  });

  it('goes on with its own check when a command ends without a result', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    const abort = new AbortController();
    const rechecked = model.recheck('/a.jsonl', abort.signal);
    await settled();
    abort.abort(new Error('cancelled'));
    await expect(rechecked).rejects.toThrow('cancelled');
    expect(states(model)).toEqual(['/a.jsonl inspecting']);
  });

  it('keeps what a command has checked before anybody looked, as long as the file stays the same', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    const rechecked = model.recheck('/a.jsonl', never);
    await settled();
    await world.answer();
    await rechecked;
    expect(states(model)).toEqual(['/a.jsonl known']);
    world.add('/a.jsonl', 2);
    await model.touch('/a.jsonl');
    expect(states(model)).toEqual(['/a.jsonl waiting']);
    model.dispose();
  });

  it('keeps nothing of a command that was cancelled before anybody looked', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    const abort = new AbortController();
    const rechecked = model.recheck('/a.jsonl', abort.signal);
    await settled();
    abort.abort(new Error('cancelled'));
    await expect(rechecked).rejects.toThrow('cancelled');
    expect(model.entries).toEqual([]);
  });

  it('checks a file again that changed while a command checked it', async () => {
    const world = new World();
    world.add('/a.jsonl');
    const model = world.model();
    await model.start();
    await world.answer();
    const rechecked = model.recheck('/a.jsonl', never);
    await settled();
    world.add('/a.jsonl', 2);
    await model.touch('/a.jsonl');
    await world.answer();
    await rechecked;
    expect(states(model)).toEqual(['/a.jsonl waiting']);
    world.clock.advance(SECOND);
    expect(states(model)).toEqual(['/a.jsonl inspecting']);
  });
});
