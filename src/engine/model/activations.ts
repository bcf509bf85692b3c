/** The ways to carry activations from the forward to the backward pass, and how many logits exist at a time. */

/**
 * What becomes of a layer's results until its gradient needs them. 'whole-step': nothing leaves the graph where a step can be
 * one graph, the fastest way and the one that takes the most memory. 'saved': kept layer by layer. 'recomputed': only the
 * input of every layer is kept, and the rest computed again, which gives the same numbers as 'saved'.
 */
export type Activations = 'whole-step' | 'saved' | 'recomputed';

/** Logits of about 4 MB at a time stay in the processor's cache; a large vocabulary still gets 256 rows, or 128 where activations are computed again. */
const HEAD_ELEMENTS = 2 ** 20;

/** Trained tokens whose logits exist at the same time. */
export function headRows(vocabSize: number, isTight: boolean): number {
  return Math.min(1024, Math.max(isTight ? 128 : 256, Math.floor(HEAD_ELEMENTS / vocabSize)));
}
