/** What a row says, whichever kind of example it is. */

import type { Example, Message } from '../example.ts';

const NOTHING: readonly Message[] = [];

/** All turns of it; where there are several answers, with the better one. */
export function turnsOf(example: Example): readonly Message[] {
  switch (example.kind) {
    case 'conversation':
      return example.messages;
    case 'preference':
      return [...example.prompt, ...example.chosen];
    case 'rating':
      return [...example.prompt, ...example.answer];
    case 'ranking':
      return [...example.prompt, ...(example.candidates[0]?.answer ?? NOTHING)];
    case 'task':
      return example.prompt;
    case 'text':
      return NOTHING;
  }
}

/** Every text of it that a model could read. */
export function* textsOf(example: Example): Generator<string> {
  if (example.kind === 'text') yield example.text;
  const lists = example.kind === 'preference' ? [example.prompt, example.chosen, example.rejected]
    : example.kind === 'ranking' ? [example.prompt, ...example.candidates.map(({ answer }) => answer)]
      : [turnsOf(example)];
  for (const list of lists) {
    for (const { content, reasoning } of list) {
      yield content;
      if (reasoning !== undefined) yield reasoning;
    }
  }
}
