/** The matrix products of the frozen layers and the head, as often as a LoRA step makes them, timed whenever a line arrives. */

import { ProductTimer } from './gemm.ts';
import { answerTurns } from './turns.ts';
import { frozenProducts, LENGTH, ROWS, SMOLLM2_135M } from './workload.ts';

const timer = await ProductTimer.open(frozenProducts(SMOLLM2_135M, ROWS * LENGTH, ROWS * (LENGTH - 1)));
await answerTurns(async () => await timer.seconds());
await timer.dispose();
