/** Lowers a part of a tape to an ONNX model: walks back from the outputs, stops at what is given. */

import type { Shape } from './dims.ts';
import { encodeModel, type Attribute, type OnnxConstant, type OnnxNode, type OnnxValue } from './onnx.ts';
import { at, type Call, type DType, type Tensor } from './tape.ts';

/** A model with what the executor must know to run it. */
export interface CompiledGraph {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** the caller feeds these */
  readonly inputs: readonly OnnxValue[];
  /** the other inputs of the tape: not computed with, but if they are fed their sizes tell what symbols stand for */
  readonly unusedInputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** int64 vectors that the executor feeds by itself, once the symbols are bound */
  readonly dimInputs: readonly { readonly name: string; readonly dims: Shape }[];
}

/** What operations write their nodes to. Operands are tensors of the tape or names of intermediate values. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxConstant>();
  readonly dimInputs = new Map<string, Shape>();
  private readonly names: ReadonlyMap<Tensor, string>;
  private temporaries = 0;

  constructor(names: ReadonlyMap<Tensor, string>) {
    this.names = names;
  }

  node(
    type: string, inputs: readonly (Tensor | string)[], outputs: readonly (Tensor | string)[],
    attributes: Readonly<Record<string, Attribute>> = {}, domain = '',
  ): void {
    const name = (operand: Tensor | string): string => (typeof operand === 'string' ? operand : this.nameOf(operand));
    this.nodes.push({ type, domain, inputs: inputs.map(name), outputs: outputs.map(name), attributes });
  }

  /** A node with one intermediate result, whose name it returns. */
  value(type: string, inputs: readonly (Tensor | string)[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): string {
    const output = `_${this.temporaries++}`;
    this.node(type, inputs, [output], attributes, domain);
    return output;
  }

  constant(dtype: DType, shape: readonly number[], values: readonly number[]): string {
    const name = `const:${dtype}[${shape.join()}]${values.join()}`;
    this.constants.set(name, { name, dtype, shape, values });
    return name;
  }

  scalar(dtype: DType, value: number): string {
    return this.constant(dtype, [], [value]);
  }

  axes(...axes: readonly number[]): string {
    return this.constant('int64', [axes.length], axes);
  }

  /** An int64 vector of dimensions. */
  dims(dims: Shape): string {
    const numbers = dims.filter((dim) => typeof dim === 'number');
    if (numbers.length === dims.length) return this.constant('int64', [dims.length], numbers);
    const name = `dims:${dims.join()}`;
    this.dimInputs.set(name, dims);
    return name;
  }

  /** The target of a Reshape, which may leave one dimension to be inferred. */
  reshapeTarget(shape: Shape): string {
    const unknown = shape.filter((dim) => typeof dim === 'string').length;
    return this.dims(unknown === 1 ? shape.map((dim) => (typeof dim === 'string' ? -1 : dim)) : shape);
  }

  private nameOf(tensor: Tensor): string {
    return this.names.get(tensor) ?? tensor.name ?? `t${tensor.id}`;
  }
}

/**
 * Compiles what is needed to compute `outputs`.
 *
 * @param given tensors of the tape that are fed instead of computed, by the name of their input
 */
export function compileGraph(
  name: string, outputs: ReadonlyMap<string, Tensor>, given: ReadonlyMap<string, Tensor> = new Map(),
): CompiledGraph {
  const names = new Map<Tensor, string>([...given].map(([input, tensor]) => [tensor, input]));
  const copies: [string, Tensor][] = [];
  for (const [output, tensor] of outputs) {
    // A second name for one tensor needs a node of its own; the first name is given to the producing node directly.
    if (names.has(tensor) || tensor.producer === undefined) copies.push([output, tensor]);
    else names.set(tensor, output);
  }
  const { calls, inputs } = collect([...outputs.values()], new Set(given.values()));
  const emitter = new Emitter(names);
  for (const call of calls) call.emit(emitter);
  for (const [output, tensor] of copies) emitter.node('Identity', [tensor], [output]);
  const used = new Set(emitter.nodes.flatMap((node) => node.inputs));
  const dimInputs = [...emitter.dimInputs].map(([input, dims]) => ({ name: input, dims }));
  const inputValues = inputs.map((tensor) => ({ name: names.get(tensor) ?? tensor.name ?? '', dtype: tensor.dtype, shape: tensor.shape }))
    .filter((value) => used.has(value.name));
  const fed = new Set(inputValues.map((value) => value.name));
  const unusedInputs = [...at([...outputs.values()], 0).graph.inputs].flatMap(([input, { dtype, shape }]) => (fed.has(input) ? [] : [{ name: input, dtype, shape }]));
  const outputValues = [...outputs].map(([output, { dtype, shape }]) => ({ name: output, dtype, shape }));
  const bytes = encodeModel({
    name,
    nodes: emitter.nodes,
    inputs: [...inputValues, ...dimInputs.map(({ name: input, dims }): OnnxValue => ({ name: input, dtype: 'int64', shape: [dims.length] }))],
    outputs: outputValues,
    constants: [...emitter.constants.values()],
  });
  return { name, bytes, inputs: inputValues, unusedInputs, outputs: outputValues, dimInputs };
}

/**
 * The activations that a backward graph needs from its forward graph.
 *
 * @param outputs what the backward graph computes
 * @param boundary number of calls that the forward graph has made of the tape
 * @returns tensors made before the boundary, without those that are cheaper to compute again
 */
export function savedActivations(outputs: readonly Tensor[], boundary: number): Tensor[] {
  const saved = new Set<Tensor>();
  const seen = new Set<Tensor>();
  const visit = (tensor: Tensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    const call = tensor.producer;
    if (call === undefined) return;
    if (call.position >= boundary || call.op.isView || call.op.isCheap) call.inputs.forEach(visit);
    else saved.add(tensor);
  };
  outputs.forEach(visit);
  return [...saved].sort((a, b) => a.id - b.id);
}

/** The calls that `outputs` need, in the order of the tape, and the inputs that they end at. */
function collect(outputs: readonly Tensor[], given: ReadonlySet<Tensor>): { calls: Call[]; inputs: Tensor[] } {
  const calls = new Set<Call>();
  const inputs = new Set<Tensor>();
  const pending = [...outputs];
  while (pending.length > 0) {
    const tensor = at(pending, pending.length - 1);
    pending.pop();
    if (given.has(tensor) || tensor.producer === undefined) inputs.add(tensor);
    else if (!calls.has(tensor.producer)) {
      calls.add(tensor.producer);
      pending.push(...tensor.producer.inputs);
    }
  }
  return {
    calls: [...calls].sort((a, b) => a.position - b.position),
    inputs: [...inputs].sort((a, b) => a.id - b.id),
  };
}
