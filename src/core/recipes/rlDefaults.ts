/** The rules for reinforcement fine-tuning, each with its reason and its source. */

import { usualGrpoSettings } from '../../engine/rl/settings.ts';
import { formatQuantity } from '../wording/numbers.ts';
import { OURS, pick, type Chosen } from './defaults.ts';
import type { RlDraft } from './schema.ts';

export type ChosenRl = { readonly [Field in keyof RlDraft]-?: Chosen<NonNullable<RlDraft[Field]>> };

export interface RlFacts {
  /** of the answers or references in the dataset, what 95% do not exceed; undefined when unknown */
  readonly answerTokens: number | undefined;
}

const TRL = 'TRL GRPOConfig';
const DR_GRPO = 'Liu et al. 2025, "Dr. GRPO" (2503.20783)';
const DAPO = 'Yu et al. 2025, "DAPO" (2503.14476)';

/** A model that thinks before it answers needs more than the answer. */
const ROOM = 4;
const STEP = 64;
const LONGEST = 1024;

export function chooseRl(draft: RlDraft, { answerTokens }: RlFacts): ChosenRl {
  const usual = usualGrpoSettings(draft.loss ?? 'dr_grpo');
  const isDapo = draft.loss === 'dapo';
  return {
    loss: pick(draft.loss, 'dr_grpo', 'favours neither long answers nor easy prompts', DR_GRPO),
    groupSize: pick(draft.groupSize, usual.groupSize, 'enough answers to differ in score, few enough to sample fast', TRL),
    temperature: pick(draft.temperature, usual.temperature, 'answers as the model means them; colder ones hardly differ', TRL),
    topP: pick(draft.topP, usual.topP, 'what is sampled is what the loss is about', TRL),
    maxCompletionLength: pick(draft.maxCompletionLength, ...chooseLength(answerTokens, usual.maxCompletionLength)),
    clipLow: pick(draft.clipLow, usual.clipLow, 'one step cannot undo the model', TRL),
    clipHigh: pick(draft.clipHigh, usual.clipHigh, isDapo ? 'rare good answers may rise faster' : 'one step cannot undo the model', isDapo ? DAPO : TRL),
    beta: pick(draft.beta, usual.beta, 'rewards by rule need no pull towards the base model, and it costs a pass', `${DR_GRPO}; ${DAPO}`),
  };
}

function chooseLength(answerTokens: number | undefined, usual: number): [value: number, reason: string, source: string] {
  if (answerTokens === undefined) return [usual, 'the answers were not measured', TRL];
  const value = Math.min(LONGEST, Math.max(STEP, STEP * Math.ceil((answerTokens * ROOM) / STEP)));
  return [value, `four times the ${formatQuantity(answerTokens, 'token')} of a long answer, as room to think`, OURS];
}
