/** The tape: tensors, the operations that made them, and what an operation must say about itself. */

import { checkShape, type Shape } from './dims.ts';
import type { Emitter } from './emitter.ts';

/** What is computed in. */
export type FloatType = 'float32' | 'float64';

/** Nothing is computed in float16: weights are held in it, and widened where they are used. */
export type DType = 'float16' | FloatType | 'int64';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A value of a graph; known by its type until a session runs. */
export interface Tensor extends TensorType {
  readonly graph: Graph;
  readonly id: number;
  /** set on the inputs of the graph */
  readonly name: string | undefined;
  readonly producer: Call | undefined;
}

/**
 * What an input adds to the gradient: a tensor, or a function of the sum so far, for operations that can add while
 * they compute (a matrix product onto C). Undefined where no gradient flows.
 */
export type Contribution = Tensor | ((sumSoFar: Tensor | undefined) => Tensor) | undefined;

/** One operation: its shape rule, its nodes and its gradient. All ops of the engine are listed in `ops/table.ts`. */
export interface Op<Attributes> {
  readonly name: string;
  /** Costs nothing to do again, so its result is never kept for the backward graph. */
  readonly isView?: boolean;
  /** Reads only a few operands element by element, so that doing it again is cheaper than keeping its result. */
  readonly isCheap?: boolean;
  /** The shape rule. @throws Error on operands that do not fit */
  infer(inputs: readonly Tensor[], attributes: Attributes): readonly TensorType[];
  /** Writes the ONNX nodes: fused ones for float32, primitives for float64. */
  emit(emitter: Emitter, inputs: readonly Tensor[], outputs: readonly Tensor[], attributes: Attributes): void;
  /** Vector-Jacobian product: one contribution an input. `gradients` has one entry an output, at least one defined. */
  vjp(call: Operands<Attributes>, gradients: readonly (Tensor | undefined)[]): readonly Contribution[];
}

export interface Operands<Attributes> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
}

/** One line of the tape. */
export interface Call {
  readonly op: { readonly name: string; readonly isView: boolean; readonly isCheap: boolean };
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly position: number;
  emit(emitter: Emitter): void;
  vjp(gradients: readonly (Tensor | undefined)[]): readonly Contribution[];
}

/** Records operations in the order in which they are applied. */
export class Graph {
  readonly calls: Call[] = [];
  readonly inputs = new Map<string, Tensor>();
  private tensors = 0;

  input(name: string, dtype: DType, shape: Shape): Tensor {
    if (this.inputs.has(name)) throw new Error(`the graph already has an input ${name}`);
    checkShape(shape, name);
    const tensor: Tensor = { graph: this, id: this.tensors++, name, dtype, shape, producer: undefined };
    this.inputs.set(name, tensor);
    return tensor;
  }

  apply<Attributes>(op: Op<Attributes>, inputs: readonly Tensor[], attributes: Attributes): readonly Tensor[] {
    if (inputs.some((tensor) => tensor.graph !== this)) throw new Error(`${op.name}: an operand belongs to another graph`);
    const types = op.infer(inputs, attributes);
    const outputs: Tensor[] = [];
    const call: Call = {
      op: { name: op.name, isView: op.isView ?? false, isCheap: op.isCheap ?? false },
      inputs,
      outputs,
      position: this.calls.length,
      emit: (emitter) => op.emit(emitter, inputs, outputs, attributes),
      vjp: (gradients) => op.vjp({ inputs, outputs, attributes }, gradients),
    };
    for (const { dtype, shape } of types) {
      checkShape(shape, op.name);
      outputs.push({ graph: this, id: this.tensors++, name: undefined, dtype, shape, producer: call });
    }
    this.calls.push(call);
    return outputs;
  }
}

/** Applies an operation that has one result. */
export function applyOne<Attributes>(op: Op<Attributes>, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  return at(at(inputs, 0).graph.apply(op, inputs, attributes), 0);
}

/** An element that must be there. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`nothing at ${index} of ${items.length}`);
  return item;
}

/** Fails unless all operands have one floating-point type, which it returns. */
export function floatType(op: string, tensors: readonly Tensor[]): FloatType {
  const dtype = at(tensors, 0).dtype;
  if (dtype === 'int64' || dtype === 'float16' || tensors.some((tensor) => tensor.dtype !== dtype)) {
    throw new Error(`${op}: operands are ${tensors.map((tensor) => tensor.dtype).join(', ')}`);
  }
  return dtype;
}
