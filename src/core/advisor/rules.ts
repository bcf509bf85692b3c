/** The advisor's knowledge: what speaks for and against each way, when, how strongly, and who says so. */

import { formatCount, formatPercent, formatQuantity } from '../wording/numbers.ts';
import type { AdvisorFacts, BaselineProbe, DataFacts, UseCase } from './facts.ts';
import type { Option } from './options.ts';

/** 1 a hint, 2 a reason, 3 settles it unless something as strong stands against it; what is ruled out is never recommended. */
export type Weight = 1 | 2 | 3 | 'ruled out';

export interface AdvisorRule {
  readonly id: string;
  readonly option: Option;
  readonly stance: 'for' | 'against';
  readonly weight: Weight;
  /** @returns one sentence with the numbers it rests on; undefined where the rule does not apply */
  readonly when: (facts: AdvisorFacts) => string | undefined;
  readonly source: string;
}

/** Below this, a few examples in the prompt do as well. */
const HANDFUL = 20;
/** OpenAI's guide sees gains from 50 to 100 examples. */
const FEW = 50;
const FEW_PAIRS = 500;
/** Fewer rows than this of a label are seldom learnt. */
const ROWS_A_LABEL = 20;
const FEW_TASKS = 100;
const CORPUS_TOKENS = 10_000_000;
/** From 30 rows on, a difference of 40 points can be told from chance. */
const HELD_OUT = 30;

const FOUNDRY = 'Microsoft Foundry, guidance on training types and sizes';
const KILN = 'Kiln, fine-tuning guide: from 10 written to 30 reviewed to 1,000 generated examples';
const OPENAI = 'OpenAI, fine-tuning guide';
const GRPO = 'DeepSeek-R1 (2501.12948) and Tülu 3 (2411.15124): rewards by rule; groups of equal scores teach nothing';
const TINYZERO = 'TinyZero: models that never succeed do not learn from rewards';
const BEDROCK_RFT = 'Amazon Bedrock: at least 100 prompts for reinforcement fine-tuning';
const PROBE = 'our own thresholds on a probe of the base model, from published runs';

export const ADVISOR_RULES: readonly AdvisorRule[] = [
  // The dataset
  data('no-data', 'more-data', 'for', 3, KILN, undefined, ({ data: rows }) => (!rows ? 'There is no dataset yet.' : rows.rows === 0 ? 'None of the rows can be used.' : undefined)),
  ...(['sft', 'dpo', 'rft', 'sft-then-rft', 'distill', 'cpt'] as const).map((option) =>
    data('no-rows', option, 'against', 'ruled out', OPENAI, undefined, ({ data: rows }) => (!rows || rows.rows === 0 ? 'There are no rows to train on.' : undefined))),
  data('handful', 'more-data', 'for', 3, KILN, ({ rows }) => rows > 0 && rows < HANDFUL && `${formatQuantity(rows, 'row')} are examples for a prompt, not a dataset.`),
  data('handful-prompt', 'prompt-only', 'for', 2, FOUNDRY, ({ rows }) => rows > 0 && rows < HANDFUL && `${formatQuantity(rows, 'row')} fit into a prompt.`),
  data('handful-sft', 'sft', 'against', 'ruled out', OPENAI, ({ rows }) => rows > 0 && rows < HANDFUL && `${formatQuantity(rows, 'row')} are learnt by heart, not understood.`),
  data('few', 'more-data', 'for', 1, OPENAI, ({ rows }) => rows >= HANDFUL && rows < FEW && `Gains are seen from ${FEW} to 100 examples on; there are ${formatCount(rows)}.`),
  data('broken', 'more-data', 'for', 3, 'our own rule: what was found in a file is a sample of what is wrong with its source', ({ brokenShare }) =>
    brokenShare > 0.2 && `${formatPercent(brokenShare)} of the rows cannot be used: mend them first.`),
  data('rare-labels', 'more-data', 'for', 1, FOUNDRY, ({ rarestLabel }) => rarestLabel !== undefined && rarestLabel < ROWS_A_LABEL && `The rarest label has ${formatQuantity(rarestLabel, 'row')}; ${ROWS_A_LABEL} to ${FEW} are usual.`),
  data('no-held-out', 'more-data', 'for', 1, 'tinker-cookbook, research guide: set up evaluation first', ({ heldOutRows }) =>
    heldOutRows < HELD_OUT && `Only ${formatQuantity(heldOutRows, 'row')} are there to measure on; ${HELD_OUT} to 200 tell whether training helped.`),
  data('answers', 'sft', 'for', 2, `${FOUNDRY}: 50 to 5,000 examples`, ({ holds, rows }) => holds === 'answers' && rows >= HANDFUL && `Every row shows the answer to give (${formatQuantity(rows, 'row')}).`),
  data('pairs', 'dpo', 'for', 3, 'Rafailov et al. 2023, "Direct Preference Optimization" (2305.18290)', ({ holds, rows }) =>
    holds === 'pairs' && rows >= HANDFUL && `Every row shows a better and a worse answer (${formatQuantity(rows, 'pair')}).`),
  data('few-pairs', 'dpo', 'against', 1, `${FOUNDRY}: 500 to 5,000 pairs`, ({ holds, rows }) => holds === 'pairs' && rows < FEW_PAIRS && `${formatQuantity(rows, 'pair')} are few; ${FEW_PAIRS} and more are usual.`),
  data('pairs-first', 'sft', 'for', 1, 'Together AI, preference fine-tuning: supervised fine-tuning first', ({ holds }) => holds === 'pairs' && 'Imitating the better answers first makes preference training steadier.'),
  data('no-pairs', 'dpo', 'against', 'ruled out', 'Rafailov et al. 2023 (2305.18290)', ({ holds }) => holds !== 'pairs' && 'No row shows two answers to choose between.'),
  data('ratings', 'sft', 'for', 2, 'Ethayarajh et al. 2024, "KTO" (2402.01306): with enough rows, imitating the liked answers comes close', ({ holds, rows }) =>
    holds === 'ratings' && rows >= FEW && 'The answers that were liked can be imitated.'),
  data('tasks', 'rft', 'for', 2, GRPO, ({ holds }) => holds === 'tasks' && 'Every row asks, and has what an answer is graded with.'),
  data('few-tasks', 'rft', 'against', 2, `${BEDROCK_RFT}; ${FOUNDRY}: 200 to 2,000`, ({ holds, rows }) => holds === 'tasks' && rows < FEW_TASKS && `${formatQuantity(rows, 'prompt')} are few; ${FEW_TASKS} are the least.`),
  ...(['sft', 'sft-then-rft'] as const).map((option) =>
    data('tasks-without-answers', option, 'against', 'ruled out', OPENAI, ({ holds }) => holds === 'tasks' && 'The rows have no answers written out to imitate.')),
  data('text', 'cpt', 'for', 3, 'Axolotl and Unsloth, continued pre-training', ({ holds, tokens }) =>
    holds === 'text' && tokens !== undefined && tokens >= CORPUS_TOKENS && `${formatCount(tokens)} tokens of text are enough to learn a field's language.`),
  data('little-text', 'cpt', 'against', 'ruled out', 'Axolotl and Unsloth: 10 to 100 million tokens; litgpt#1517 shows what less leads to', ({ holds, tokens }) =>
    holds === 'text' && (tokens === undefined || tokens < CORPUS_TOKENS) && `The text is short of the ${formatCount(CORPUS_TOKENS)} tokens that continued pre-training needs.`),
  data('text-looked-up', 'prompt-only', 'for', 2, 'Ovadia et al. 2023 (2312.05934): looking facts up beats training on them', ({ holds }) => holds === 'text' && 'What texts say is better looked up at the time of asking than trained in.'),
  ...(['sft', 'rft', 'sft-then-rft', 'dpo'] as const).map((option) =>
    data('only-text', option, 'against', 'ruled out', OPENAI, ({ holds }) => holds === 'text' && 'The rows hold neither questions nor answers.')),
  data('no-text', 'cpt', 'against', 'ruled out', 'Axolotl, continued pre-training', ({ holds }) => holds !== 'text' && 'The rows are not running text.'),

  // The use case
  wish('new-facts', 'prompt-only', 'for', 3, 'Ovadia et al. 2023 (2312.05934)', ({ needsNewFacts }) => needsNewFacts === true && 'The answers need facts that the model does not have: look them up and put them into the prompt.'),
  wish('new-facts-sft', 'sft', 'against', 2, 'Ovadia et al. 2023 (2312.05934)', ({ needsNewFacts }) => needsNewFacts === true && 'Training on facts that the model does not know makes it invent others.'),
  wish('steady-task', 'sft', 'for', 1, FOUNDRY, ({ task }) =>
    (task === 'classification' || task === 'extraction' || task === 'tool-calling' || task === 'writing') && 'A steady task with a fixed form is what supervised fine-tuning is best at.'),
  wish('by-rule', 'rft', 'for', 1, GRPO, ({ grading }) => grading === 'rule' && 'A program can grade an answer.'),
  wish('by-judge', 'rft', 'for', 1, 'OpenPipe, RULER: judges rank answers more reliably than they score them', ({ grading }) => grading === 'judge' && 'A judge can rank answers, which is a weaker reward than a rule.'),
  ...(['rft', 'sft-then-rft'] as const).map((option) =>
    wish('no-grading', option, 'against', 'ruled out', GRPO, ({ grading }) => grading === 'none' && 'Nothing can grade an answer, so there is no reward.')),
  wish('teacher', 'distill', 'for', 3, 'Agarwal et al. 2023, "GKD" (2306.13649); tinker-cookbook, distillation', ({ hasTeacher }) => hasTeacher === true && 'A larger model already gives the answers that are wanted.'),
  wish('long-prompt', 'distill', 'for', 2, 'Askell et al. 2021 (2112.00861) and Snell et al. 2022 (2209.15189): context distillation', ({ repeatsLongPrompt }) =>
    repeatsLongPrompt === true && 'The instructions sent with every call can be trained in.'),
  wish('no-teacher', 'distill', 'against', 'ruled out', 'tinker-cookbook, distillation', ({ hasTeacher, repeatsLongPrompt }) =>
    hasTeacher !== true && repeatsLongPrompt !== true && 'No better model and no long prompt is known to learn from.'),
  wish('keep-abilities', 'rft', 'for', 1, 'Shenfeld et al. 2025, "RL\'s Razor" (2509.04259)', ({ mustKeepAbilities }) => mustKeepAbilities === true && 'Learning from rewards moves the model less, so that it forgets less.'),
  wish('keep-abilities-sft', 'sft', 'against', 1, 'Shenfeld et al. 2025, "RL\'s Razor" (2509.04259)', ({ mustKeepAbilities }) => mustKeepAbilities === true && 'Imitation makes a model forget more of what it could; mix in general rows.'),
  wish('prompt-untried', 'prompt-only', 'for', 1, `${OPENAI}; ${FOUNDRY}`, ({ hasTriedPrompt }) => hasTriedPrompt === false && 'Nobody has tried yet how far a good prompt gets.'),

  // What the base model manages
  probe('solved', 'dont-train', 'for', 3, PROBE, ({ meanScore, prompts }) => meanScore > 0.9 && `The base model already scores ${formatPercent(meanScore)} on ${formatQuantity(prompts, 'held-out prompt')}.`),
  ...(['sft', 'rft', 'sft-then-rft', 'dpo', 'distill'] as const).map((option) =>
    probe('nothing-to-learn', option, 'against', 3, GRPO, ({ meanScore }) => meanScore > 0.9 && 'There is next to nothing left to learn on these prompts; collect harder ones.')),
  probe('prompt-nearly-does', 'prompt-only', 'for', 3, 'OpenAI and Microsoft, optimization guides: prompt first', ({ meanScore }) => meanScore >= 0.8 && meanScore <= 0.9 && `The base model scores ${formatPercent(meanScore)} as it is; a better prompt may be enough.`),
  probe('sometimes', 'rft', 'for', 2, `${GRPO}; ${PROBE}`, ({ meanScore, mixedShare }) =>
    meanScore >= 0.1 && meanScore <= 0.9 && mixedShare >= 0.3 && `It succeeds sometimes (${formatPercent(meanScore)}), and on ${formatPercent(mixedShare)} of the prompts its answers differ in score: rewards have something to choose from.`),
  probe('never', 'sft-then-rft', 'for', 3, TINYZERO, ({ passAtK, samples }, { grading }) =>
    passAtK < 0.05 && (grading === 'rule' || grading === 'judge') && `Of ${formatQuantity(samples, 'answer')} to a prompt hardly ever one is right (${formatPercent(passAtK)} of the prompts): imitation first.`),
  probe('never-rft', 'rft', 'against', 'ruled out', TINYZERO, ({ passAtK }) => passAtK < 0.05 && `A reward cannot teach what never happens: ${formatPercent(passAtK)} of the prompts are ever solved.`),
  probe('never-sft', 'sft', 'for', 1, TINYZERO, ({ passAtK }, { grading }) => passAtK < 0.05 && grading === 'none' && 'The base model needs to be shown how.'),
  probe('always-the-same', 'rft', 'against', 3, GRPO, ({ mixedShare, meanScore }) => mixedShare < 0.1 && meanScore <= 0.9 && `On ${formatPercent(1 - mixedShare)} of the prompts all answers score the same, which teaches nothing.`),
  {
    id: 'needs-both', option: 'sft-then-rft', stance: 'against', weight: 'ruled out', source: TINYZERO,
    when: ({ useCase: { grading }, probe: seen }) => (grading === 'rule' || grading === 'judge') && seen !== undefined && seen.passAtK < 0.05 ? undefined : 'Only where a reward exists and the base model never earns it are two stages worth their trouble.',
  },
];

type Words = string | false;

/** A rule about rows that there are; with `whole`, one that also speaks where there are none. */
function data(id: string, option: Option, stance: 'for' | 'against', weight: Weight, source: string, when: ((data: DataFacts) => Words) | undefined, whole?: AdvisorRule['when']): AdvisorRule {
  return { id, option, stance, weight, source, when: whole ?? (({ data: facts }) => (facts && facts.rows > 0 && when?.(facts)) || undefined) };
}

function wish(id: string, option: Option, stance: 'for' | 'against', weight: Weight, source: string, when: (useCase: UseCase) => Words): AdvisorRule {
  return { id, option, stance, weight, source, when: ({ useCase }) => when(useCase) || undefined };
}

function probe(id: string, option: Option, stance: 'for' | 'against', weight: Weight, source: string, when: (probe: BaselineProbe, useCase: UseCase) => Words): AdvisorRule {
  return { id, option, stance, weight, source, when: ({ probe: seen, useCase }) => (seen && when(seen, useCase)) || undefined };
}
