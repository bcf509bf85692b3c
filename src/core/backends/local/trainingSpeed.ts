/** How fast a model trains on this machine, from its size, before anything was run. */

/** float32 products of onnxruntime on one core: 10 on an old laptop, 75 with AVX-512. */
const GFLOPS_PER_CORE = { low: 10, high: 75 };
/** Of the rate of large products a whole training step reaches about so much, by measurement of models of 135M to 600M parameters. */
const STEP_SHARE = { low: 0.55, high: 0.9 };

/** What this machine's engine was measured to do. */
export interface ComputeRate {
  /** float32 operations a second in large matrix products, all cores */
  readonly flops: number;
}

/**
 * Tokens a second through training steps.
 *
 * @param rate undefined where nothing was measured: then it is a wide guess from the number of cores
 */
export function trainingSpeed(
  parameters: number, method: 'lora' | 'full', cores: number, rate: ComputeRate | undefined,
): { readonly low: number; readonly high: number } {
  // A product with the weights forward is 2 FLOP a parameter, backward to the inputs 2 more, to the weights 2 more.
  const flopsPerToken = (method === 'full' ? 6 : 4) * parameters;
  const flops = rate ? { low: rate.flops * STEP_SHARE.low, high: rate.flops * STEP_SHARE.high }
    : { low: GFLOPS_PER_CORE.low * 1e9 * cores, high: GFLOPS_PER_CORE.high * 1e9 * cores };
  return { low: flops.low / flopsPerToken, high: flops.high / flopsPerToken };
}

/** Where `trainingSpeed` has its numbers from. */
export function speedSource(cores: number, rate: ComputeRate | undefined): string {
  if (rate) return `from ${Math.round(rate.flops / 1e9)} GFLOP/s measured on this machine`;
  return `assumed: ${GFLOPS_PER_CORE.low} to ${GFLOPS_PER_CORE.high} GFLOP/s on each of ${cores === 1 ? '1 core' : `${cores} cores`}`;
}
