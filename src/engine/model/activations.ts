/** The ways to carry activations from the forward to the backward pass. */

/**
 * What becomes of a layer's results until its gradient needs them. 'whole-step': nothing leaves the graph where a step can be
 * one graph, the fastest way and the one that takes the most memory. 'saved': kept layer by layer. 'recomputed': only the
 * input of every layer is kept, and the rest computed again, which gives the same numbers as 'saved'.
 */
export type Activations = 'whole-step' | 'saved' | 'recomputed';
