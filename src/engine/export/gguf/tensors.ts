/** What a weight is called in GGUF and what happens to its values on the way there and back. */

import { UserError } from '../../errors.ts';
import type { GgufArchitecture } from './architecture.ts';

const OUTER: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
};

/** gguf-py/gguf/tensor_mapping.py; the order of a block. */
const INNER: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** Gemma norms both what goes into a part of a block and what comes out. */
const GEMMA3: Readonly<Record<string, string>> = {
  ...INNER,
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
};

/**
 * @param name Hugging Face's
 * @returns undefined for what a GGUF file has no use for: a copy of a tied head, buffers of old versions
 * @throws UserError "export.tensor.unknown" when the tensor has no place in this architecture
 */
export function ggufName(name: string, { arch, tiedHead }: GgufArchitecture): string | undefined {
  if (name.endsWith('.rotary_emb.inv_freq') || (tiedHead && name === 'lm_head.weight')) return undefined;
  const outer = OUTER[name];
  if (outer !== undefined) return outer;
  const match = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  const inner = match && (arch === 'gemma3' ? GEMMA3 : INNER)[match[2]];
  if (inner) return `blk.${match[1]}.${inner}.${match[3]}`;
  throw new UserError('export.tensor.unknown', `GGUF has no place for the tensor ${name} in a model of type ${arch}.`,
    'Export the merged folder instead; llama.cpp\'s convert_hf_to_gguf.py may know what to do with it.');
}

/** Turns Hugging Face's values into llama.cpp's. @param name Hugging Face's */
export function toGguf(name: string, values: Float32Array, architecture: GgufArchitecture): Float32Array {
  if (architecture.arch === 'gemma3' && name.endsWith('norm.weight')) return shifted(values, 1);
  const heads = permutedHeads(name, architecture);
  return heads === undefined ? values : permuteRows(values, heads, architecture.headDim, false);
}

/** The inverse of `toGguf`. @param name Hugging Face's */
export function fromGguf(name: string, values: Float32Array, architecture: GgufArchitecture): Float32Array {
  if (architecture.arch === 'gemma3' && name.endsWith('norm.weight')) return shifted(values, -1);
  const heads = permutedHeads(name, architecture);
  return heads === undefined ? values : permuteRows(values, heads, architecture.headDim, true);
}

/**
 * llama.cpp turns neighbouring values of a head by an angle where Hugging Face turns the two halves, but only in models of
 * architecture `llama`; so there the rows of queries and keys change places.
 *
 * @see conversion/llama.py, `LlamaModel.permute`
 */
function permutedHeads(name: string, { arch, heads, kvHeads }: GgufArchitecture): number | undefined {
  if (arch !== 'llama') return undefined;
  if (/\.q_proj\.(weight|bias)$/.test(name)) return heads;
  return /\.k_proj\.(weight|bias)$/.test(name) ? kvHeads : undefined;
}

/** Row `half * d/2 + i` of each head of d rows goes to `2 i + half`, or back. */
function permuteRows(values: Float32Array, heads: number, headDim: number, inverse: boolean): Float32Array {
  const permuted = new Float32Array(values.length);
  // 1 for a bias
  const width = values.length / (heads * headDim);
  for (let row = 0; row < heads * headDim; row++) {
    const within = row % headDim;
    const half = within < headDim / 2 ? 0 : 1;
    const other = row - within + 2 * (within - (half * headDim) / 2) + half;
    const [from, to] = inverse ? [other, row] : [row, other];
    permuted.set(values.subarray(from * width, (from + 1) * width), to * width);
  }
  return permuted;
}

/** Gemma multiplies by 1 + weight, llama.cpp by what the file says. */
function shifted(values: Float32Array, by: number): Float32Array {
  return values.map((value) => value + by);
}
