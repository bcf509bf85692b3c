/** Encodes a list of nodes as an ONNX model. Field numbers are those of onnx.proto (IR version 9). */

import type { Shape } from './dims.ts';
import { ProtobufMessage } from './protobuf.ts';
import type { DType } from './tape.ts';

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly type: string;
  /** '' is ONNX itself */
  readonly domain: string;
  /** '' is an optional input left out */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** plain numbers are integers */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface OnnxConstant {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
}

const IR_VERSION = 9;
const OPSETS = [['', 18], ['com.microsoft', 1]] as const;
const ELEMENT_TYPE: Readonly<Record<DType, number>> = { float32: 1, int64: 7, float16: 10, float64: 11 };

export function encodeModel(graph: OnnxGraph): Uint8Array {
  const body = new ProtobufMessage();
  for (const node of graph.nodes) body.message(1, encodeNode(node));
  body.string(2, graph.name);
  for (const constant of graph.constants) body.message(5, encodeConstant(constant));
  for (const value of graph.inputs) body.message(11, encodeValue(value));
  for (const value of graph.outputs) body.message(12, encodeValue(value));
  const model = new ProtobufMessage().integer(1, IR_VERSION).string(2, 'tunesmith').message(7, body);
  for (const [domain, version] of OPSETS) model.message(8, new ProtobufMessage().string(1, domain).integer(2, version));
  return model.finish();
}

function encodeNode(node: OnnxNode): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const input of node.inputs) message.string(1, input);
  for (const output of node.outputs) message.string(2, output);
  message.string(4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, encodeAttribute(name, value));
  return message.string(7, node.domain);
}

function encodeAttribute(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().string(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return message.string(4, value).integer(20, 3);
  if ('float' in value) return message.float(2, value.float).integer(20, 1);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function encodeConstant(constant: OnnxConstant): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const dim of constant.shape) message.integer(1, dim);
  const { dtype, values } = constant;
  const data = dtype === 'float32' ? Float32Array.from(values)
    : dtype === 'float64' ? Float64Array.from(values) : BigInt64Array.from(values, (value) => BigInt(value));
  return message.integer(2, ELEMENT_TYPE[dtype]).string(8, constant.name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValue(value: OnnxValue): ProtobufMessage {
  const shape = new ProtobufMessage();
  for (const dim of value.shape) {
    shape.message(1, typeof dim === 'number' ? new ProtobufMessage().integer(1, dim) : new ProtobufMessage().string(2, dim));
  }
  const tensor = new ProtobufMessage().integer(1, ELEMENT_TYPE[value.dtype]).message(2, shape);
  return new ProtobufMessage().string(1, value.name).message(2, new ProtobufMessage().message(1, tensor));
}
