/** A decoder described by data: what `config.json` says, under one set of names for all families. */

export interface DecoderConfig {
  /** `model_type` of config.json, for example `llama` */
  readonly family: string;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** grouped-query attention: `heads` is a multiple of it */
  readonly kvHeads: number;
  readonly headDim: number;
  /** longest context in tokens */
  readonly maxPositions: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  /** the output head is the embedding matrix */
  readonly tiedHead: boolean;
}
