/** Sessions bind symbols and refuse what contradicts their graph; the builder refuses what would abort them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileGraph, savedActivations } from '../../../src/engine/graph/emitter.ts';
import { GraphSession, physicalCores } from '../../../src/engine/graph/executor.ts';
import { gradients } from '../../../src/engine/graph/gradient.ts';
import { add, multiply, scale } from '../../../src/engine/graph/ops/elementwise.ts';
import { reshape } from '../../../src/engine/graph/ops/layout.ts';
import { matmul } from '../../../src/engine/graph/ops/matmul.ts';
import { sigmoid } from '../../../src/engine/graph/ops/swiglu.ts';
import { Graph } from '../../../src/engine/graph/tape.ts';
import { Workspace } from '../../../src/engine/graph/workspace.ts';

describe('a session', () => {
  let session: GraphSession;
  beforeAll(async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['B*T', 4]);
    const y = graph.input('y', 'float32', ['B', 'T']);
    const sum = add(reshape(x, ['B', 'T', 2, 2]), reshape(y, ['B', 'T', 1, 1]));
    session = await GraphSession.open(compileGraph('sum', new Map([['sum', sum], ['again', sum], ['y too', y]])), { threads: 1 });
  });
  afterAll(() => session.dispose());
  const feeds = { x: { shape: [6, 4], data: new Float32Array(24).fill(1) }, y: { shape: [2, 3], data: Float32Array.from([0, 1, 2, 3, 4, 5]) } };

  it('binds symbols from its inputs and feeds the dimensions that a reshape needs', async () => {
    const { sum } = await session.run(feeds);
    expect(sum.shape).toEqual([2, 3, 2, 2]);
    expect([...sum.data as Float32Array].filter((_, index) => index % 4 === 0)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives one tensor under two names, and an input as an output', async () => {
    const results = await session.run(feeds);
    expect(results['again']).toEqual(results['sum']);
    expect(results['y too']).toEqual(feeds.y);
  });

  it('writes into the arrays that it is given', async () => {
    const workspace = new Workspace();
    const results = await session.run(feeds, (name, length, dtype) => workspace.take(name, length, dtype));
    expect(results['sum'].data).toBe(workspace.take('sum', 24, 'float32'));
    expect(results['sum'].data[23]).toBe(6);
  });

  it('refuses shapes, types and lengths that contradict the graph', async () => {
    const run = (change: object): Promise<unknown> => session.run({ ...feeds, ...change });
    await expect(run({ x: { shape: [5, 4], data: new Float32Array(20) } })).rejects.toThrow('sum: x is [5, 4], the graph says [B*T, 4] with B=2 T=3');
    await expect(run({ x: { shape: [6, 4], data: new Float32Array(23) } })).rejects.toThrow('sum: x is');
    await expect(run({ x: { shape: [6, 4], data: new Float64Array(24) } })).rejects.toThrow('sum: x is');
    await expect(run({ y: { shape: [6], data: new Float32Array(6) } })).rejects.toThrow('sum: y is');
    await expect(session.run({ x: feeds.x })).rejects.toThrow();
  });
});

describe('the builder', () => {
  it('refuses operands that do not fit', () => {
    const graph = new Graph();
    const a = graph.input('a', 'float32', ['N', 4]);
    const b = graph.input('b', 'float64', ['N', 4]);
    expect(() => add(a, b)).toThrow('float32, float64');
    expect(() => matmul(a, a)).toThrow('matmul: [N, 4] [N, 4]');
    expect(() => reshape(a, ['N', 5])).toThrow('does not become');
    expect(() => graph.input('a', 'float32', [1])).toThrow('already has');
    expect(() => graph.input('c', 'float32', [-1])).toThrow('is not a shape');
    expect(() => add(a, new Graph().input('a', 'float32', ['N', 4]))).toThrow('another graph');
  });

  it('saves for the backward graph what only the forward graph can know', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['N', 4]);
    const w = graph.input('w', 'float32', [4, 4]);
    const hidden = matmul(x, w);
    const gate = sigmoid(hidden);
    const result = multiply(reshape(gate, ['4*N']), reshape(scale(x, 2), ['4*N']));
    const boundary = graph.calls.length;
    const found = gradients([{ of: result, gradient: graph.input('dy', 'float32', ['4*N']) }], [w]);
    const saved = savedActivations(found, boundary);
    // The scaled x is needed as well; the reshaped views are not worth keeping.
    expect(saved.map((tensor) => tensor.producer?.op.name).sort()).toEqual(['scale', 'sigmoid']);
    const given = new Map(saved.map((tensor, index) => [`saved${index}`, tensor]));
    expect(compileGraph('backward', new Map([['dw', found[0]]]), given).inputs.map(({ name }) => name).sort()).toEqual(['dy', 'saved0', 'saved1', 'x']);
  });
});

it('a machine has at least one core', () => {
  expect(physicalCores()).toBeGreaterThanOrEqual(1);
});
