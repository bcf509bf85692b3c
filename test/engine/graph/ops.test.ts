/** Every op of the table: its gradient against central differences, its fused form against primitives. */

import { afterAll, describe, expect, it } from 'vitest';
import { evaluateDim } from '../../../src/engine/graph/dims.ts';
import { compileGraph } from '../../../src/engine/graph/emitter.ts';
import { GraphSession, type ArrayTensor, type FloatArray } from '../../../src/engine/graph/executor.ts';
import { gradients } from '../../../src/engine/graph/gradient.ts';
import { OPS } from '../../../src/engine/graph/ops/table.ts';
import { Graph } from '../../../src/engine/graph/tape.ts';
import { RandomGenerator } from '../../../src/engine/random.ts';
import { floatToHalf } from '../../../src/engine/model/numberFormats.ts';
import { OP_CASES, type OpCase, type Operand } from './opCases.ts';

type Values = Record<string, ArrayTensor>;

interface Evaluated {
  readonly outputs: Values;
  readonly gradients: Values;
}

/** A case as a graph that can be run at any operands, with the seeds of its gradients as operands too. */
async function compile(opCase: OpCase, dtype: 'float32' | 'float64') {
  const graph = new Graph();
  const operands = opCase.inputs.map(({ shape, below, isHalf }, index) => graph.input(`x${index}`, below !== undefined ? 'int64' : isHalf ? 'float16' : dtype, shape));
  const outputs = opCase.build(...operands);
  const used = new Set(graph.calls.map(({ op }) => op.name));
  const seeds = outputs.map((output, index) => ({ of: output, gradient: graph.input(`seed${index}`, dtype, output.shape) }));
  const trained = operands.flatMap((operand, index) => {
    const { below, isFixed, isHalf } = opCase.inputs[index];
    return below === undefined && !isFixed && !isHalf ? [{ name: `x${index}`, operand }] : [];
  });
  const found = gradients(seeds, trained.map(({ operand }) => operand));
  const forward = await GraphSession.open(compileGraph(opCase.title, new Map(outputs.map((output, index) => [`y${index}`, output]))), { threads: 1 });
  const backward = await GraphSession.open(compileGraph(`gradient of ${opCase.title}`, new Map(trained.map(({ name }, index) => [name.replace('x', 'd'), found[index]]))), { threads: 1 });
  return { used, forward, backward, outputShapes: outputs.map(({ shape }) => shape), trained: trained.map(({ name }) => name) };
}

function draw(opCase: OpCase, outputShapes: readonly (readonly (string | number)[])[], dtype: 'float32' | 'float64'): Values {
  const random = new RandomGenerator(5);
  const bindings = new Map(Object.entries(opCase.sizes));
  const values: Values = {};
  const put = (name: string, dims: readonly (string | number)[], { below, isDistinct = false, isHalf = false }: Partial<Operand> = {}): void => {
    const shape = dims.map((dim) => evaluateDim(dim, bindings));
    const length = shape.reduce((a, b) => a * b, 1);
    if (below !== undefined) {
      const shuffled = random.shuffle(Array.from({ length: below }, (_, value) => value));
      values[name] = { shape, data: BigInt64Array.from({ length }, (_, index) => BigInt(isDistinct ? shuffled[index] : random.below(below))) };
      return;
    }
    // Rounded to single precision, so that both precisions start from the same numbers.
    const numbers = Array.from({ length }, () => Math.fround(random.normal()));
    const halves = new Uint16Array(length);
    floatToHalf(Float32Array.from(numbers), halves);
    values[name] = { shape, data: isHalf ? halves : dtype === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers) };
  };
  opCase.inputs.forEach((operand, index) => put(`x${index}`, operand.shape, operand));
  outputShapes.forEach((shape, index) => put(`seed${index}`, shape));
  return values;
}

async function evaluate(opCase: OpCase, dtype: 'float32' | 'float64'): Promise<Evaluated> {
  const compiled = await compile(opCase, dtype);
  const values = draw(opCase, compiled.outputShapes, dtype);
  const result = { outputs: await compiled.forward.run(values), gradients: await compiled.backward.run(values) };
  await compiled.forward.dispose();
  await compiled.backward.dispose();
  return result;
}

/** Below `floor` the error counts as if the values were that large: there it is rounding alone. */
function relativeError(found: number, wanted: number, floor: number): number {
  return Math.abs(found - wanted) / Math.max(floor, Math.abs(found), Math.abs(wanted));
}

function worstDifference(a: Values, b: Values): number {
  let worst = 0;
  for (const [name, { data }] of Object.entries(a)) {
    data.forEach((value, index) => {
      worst = Math.max(worst, relativeError(Number(value), Number(b[name].data[index]), 1));
    });
  }
  return worst;
}

const worstByCase = new Map<string, number>();
const worstFused = new Map<string, number>();
const usedOps = new Set<string>();

describe('every op', () => {
  it.each(OP_CASES)('$title: the gradient agrees with central differences', async (opCase) => {
    const compiled = await compile(opCase, 'float64');
    compiled.used.forEach((name) => usedOps.add(name));
    const values = draw(opCase, compiled.outputShapes, 'float64');
    const loss = async (): Promise<number> => {
      const outputs = await compiled.forward.run(values);
      let sum = 0;
      for (const [name, { data }] of Object.entries(outputs)) {
        const seed = values[name.replace('y', 'seed')].data as FloatArray;
        (data as FloatArray).forEach((value, index) => (sum += value * seed[index]));
      }
      return sum;
    };
    const found = await compiled.backward.run(values);
    let worst = 0;
    for (const name of compiled.trained) {
      const data = values[name].data as FloatArray;
      const gradient = found[name.replace('x', 'd')].data as FloatArray;
      for (let index = 0; index < data.length; index++) {
        const [value, step] = [data[index], 1e-5];
        data[index] = value + step;
        const above = await loss();
        data[index] = value - step;
        const below = await loss();
        data[index] = value;
        worst = Math.max(worst, relativeError(gradient[index], (above - below) / (2 * step), 1e-3));
      }
    }
    worstByCase.set(opCase.title, worst);
    await compiled.forward.dispose();
    await compiled.backward.dispose();
    expect(worst).toBeLessThan(1e-4);
  });

  it.each(OP_CASES)('$title: fused float32 agrees with primitives in float64', async (opCase) => {
    const [single, double] = [await evaluate(opCase, 'float32'), await evaluate(opCase, 'float64')];
    const worst = Math.max(worstDifference(single.outputs, double.outputs), worstDifference(single.gradients, double.gradients));
    worstFused.set(opCase.title, worst);
    expect(worst).toBeLessThan(1e-5);
  });

  it('has a case', () => {
    expect([...usedOps].sort()).toEqual(OPS.map(({ name }) => name).sort());
  });
});

afterAll(() => {
  const top = (table: Map<string, number>): string => [...table].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([title, error]) => `${error.toExponential(1)} ${title}`).join(', ');
  console.log(`${worstByCase.size} cases; worst relative errors against central differences: ${top(worstByCase)}; of fused float32: ${top(worstFused)}`);
});
