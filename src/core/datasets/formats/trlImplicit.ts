/** TRL's preferences without a prompt apart: what both sides begin with is the prompt. */

import { Refusal, type Format } from './format.ts';
import { writeMessages } from './openaiMessages.ts';
import { asPreference, PROMPT_COLUMNS } from './pairs.ts';
import { answerText, readPreference, writePreference } from './trlPreference.ts';
import { onlyQuestion } from './turns.ts';
import { readCarried, writeRow } from './values.ts';

function hasColumns(columns: ReadonlySet<string>): boolean {
  return columns.has('chosen') && columns.has('rejected') && !PROMPT_COLUMNS.some((name) => columns.has(name));
}

export const trlPreferenceImplicit: Format = {
  id: 'trl-preference-implicit',
  title: 'TRL preference, prompt inside',
  trainsAs: 'preference',
  holds: 'preference pairs',
  // huggingface.co/docs/trl/dataset_formats
  samples: [
    {
      chosen: [{ role: 'user', content: 'What color is the sky?' }, { role: 'assistant', content: 'It is blue.' }],
      rejected: [{ role: 'user', content: 'What color is the sky?' }, { role: 'assistant', content: 'It is green.' }],
    },
  ],
  hasColumns,
  read: readPreference,
  write(example) {
    const pair = asPreference(example);
    const [first] = pair.prompt;
    if (!first || first.role === 'assistant') throw new Refusal('its answers have no question in common to begin with');
    const older = pair.olderFunctions;
    return writePreference(pair, { chosen: writeMessages([...pair.prompt, ...pair.chosen], older), rejected: writeMessages([...pair.prompt, ...pair.rejected], older) });
  },
};

export const trlPreferenceImplicitText: Format = {
  id: 'trl-preference-implicit-text',
  title: 'TRL preference as text, prompt inside',
  trainsAs: 'preference',
  trainingFault: { code: 'dataset.row.empty-prompt', detail: 'what both texts begin with need not be one' },
  holds: 'preference pairs',
  samples: [{ chosen: 'The sky is blue.', rejected: 'The sky is green.' }],
  hasColumns,
  recognizes: ({ chosen, rejected }) => typeof chosen === 'string' && typeof rejected === 'string',
  read(row) {
    const [chosen, rejected] = [String(row['chosen']), String(row['rejected'])];
    const at = sharedLength(chosen, rejected);
    return {
      kind: 'preference',
      prompt: at === 0 ? [] : [{ role: 'user', content: chosen.slice(0, at) }],
      chosen: [{ role: 'assistant', content: chosen.slice(at) }],
      rejected: [{ role: 'assistant', content: rejected.slice(at) }],
      ...readCarried(row, new Set(['chosen', 'rejected'])),
    };
  },
  write(example) {
    const pair = asPreference(example);
    const prompt = onlyQuestion(pair.prompt);
    const chosen = prompt + answerText(pair.chosen);
    const rejected = prompt + answerText(pair.rejected);
    if (prompt === '') throw new Refusal('its answers have no question in common to begin with');
    if (sharedLength(chosen, rejected) !== prompt.length) throw new Refusal('its answers begin alike, and the question would seem to go on');
    return writeRow(pair, { chosen, rejected });
  },
};

/** As TRL's extract_prompt: up to where the texts part, and not the space before it. */
function sharedLength(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at > 0 && a[at - 1] === ' ' ? at - 1 : at;
}
