/** Weighs what is known and recommends one way to a better model, or none. */

import type { AdvisorFacts, UseCase } from './facts.ts';
import { OPTIONS, type Option } from './options.ts';
import { ADVISOR_RULES, type Weight } from './rules.ts';

export interface Evidence {
  /** the rule's id */
  readonly rule: string;
  readonly stance: 'for' | 'against';
  readonly weight: Weight;
  /** one sentence */
  readonly words: string;
  readonly source: string;
}

export interface WeighedOption {
  readonly option: Option;
  readonly evidence: readonly Evidence[];
  /** what speaks for it minus what speaks against it; undefined when it is ruled out */
  readonly score: number | undefined;
}

export interface Advice {
  readonly recommended: Option;
  /** best first, what is ruled out last */
  readonly options: readonly WeighedOption[];
  /** what is not known and would change the recommendation, most telling first */
  readonly openQuestions: readonly OpenQuestion[];
}

/** One field of the use case, or the probe, with what would be recommended for each answer to it. */
export interface OpenQuestion {
  readonly about: keyof UseCase | 'probe';
  readonly outcomes: readonly { readonly answer: string; readonly recommended: Option }[];
}

/** Deterministic. A tie goes to what costs less: the order of the list of options. */
export function advise(facts: AdvisorFacts): Advice {
  const options = weigh(facts);
  return { recommended: recommendedOf(options), options, openQuestions: findOpenQuestions(facts, recommendedOf(options)) };
}

function weigh(facts: AdvisorFacts): readonly WeighedOption[] {
  const order = Object.keys(OPTIONS) as Option[];
  const evidence = new Map<Option, Evidence[]>(order.map((option) => [option, []]));
  for (const { id, option, stance, weight, source, when } of ADVISOR_RULES) {
    const words = when(facts);
    if (words !== undefined) evidence.get(option)?.push({ rule: id, stance, weight, words, source });
  }
  const weighed = order.map((option) => ({ option, evidence: evidence.get(option) ?? [], score: scoreOf(evidence.get(option) ?? []) }));
  return weighed.sort((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || order.indexOf(a.option) - order.indexOf(b.option));
}

function scoreOf(evidence: readonly Evidence[]): number | undefined {
  let score = 0;
  for (const { stance, weight } of evidence) {
    if (weight === 'ruled out') return undefined;
    score += stance === 'for' ? weight : -weight;
  }
  return score;
}

/** Some option is never ruled out: getting more data and improving the prompt. */
function recommendedOf(options: readonly WeighedOption[]): Option {
  return options[0]?.option ?? 'more-data';
}

/** What each question can be answered with; the names are those of the facts. */
const ANSWERS: { readonly [Field in keyof UseCase]-?: readonly NonNullable<UseCase[Field]>[] } = {
  task: ['classification', 'extraction', 'tool-calling', 'code', 'reasoning', 'writing', 'knowledge'],
  grading: ['rule', 'judge', 'none'],
  needsNewFacts: [true, false],
  hasTriedPrompt: [true, false],
  hasTeacher: [true, false],
  repeatsLongPrompt: [true, false],
  mustKeepAbilities: [true, false],
};

/** The three outcomes of a probe that the rules tell apart. */
const PROBES = {
  'never succeeds': { prompts: 30, samples: 8, meanScore: 0.01, passAtK: 0.03, mixedShare: 0.03 },
  'succeeds sometimes': { prompts: 30, samples: 8, meanScore: 0.4, passAtK: 0.8, mixedShare: 0.7 },
  'nearly always succeeds': { prompts: 30, samples: 8, meanScore: 0.95, passAtK: 1, mixedShare: 0.1 },
} as const;

function findOpenQuestions(facts: AdvisorFacts, now: Option): readonly OpenQuestion[] {
  const questions: OpenQuestion[] = [];
  for (const about of Object.keys(ANSWERS) as (keyof UseCase)[]) {
    if (facts.useCase[about] !== undefined) continue;
    const outcomes = ANSWERS[about].map((answer) => ({
      answer: String(answer), recommended: recommendedOf(weigh({ ...facts, useCase: { ...facts.useCase, [about]: answer } })),
    }));
    questions.push({ about, outcomes });
  }
  if (!facts.probe) {
    questions.push({ about: 'probe', outcomes: Object.entries(PROBES).map(([answer, probe]) => ({ answer, recommended: recommendedOf(weigh({ ...facts, probe })) })) });
  }
  const changes = ({ outcomes }: OpenQuestion): number => outcomes.filter(({ recommended }) => recommended !== now).length / outcomes.length;
  return questions.filter((question) => changes(question) > 0).sort((a, b) => changes(b) - changes(a));
}
