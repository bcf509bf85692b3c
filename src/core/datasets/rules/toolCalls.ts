/** About tools, calls to them, and what they answered. */

import { isLocal } from '../targets/table.ts';
import type { Target } from '../targets/target.ts';
import type { RowRule } from './rule.ts';

/** Formats in which arguments are a JSON text, read by the service as such. */
const speaksOpenAi = ({ formats }: Target): boolean => formats.some((id) => id.startsWith('openai'));

/** A service refuses the file; here, what can be read of the row is trained on. */
const refused = (target: Target): 'warning' | 'error' => (isLocal(target) ? 'warning' : 'error');

export const TOOL_CALL_RULES = {
  'dataset.row.arguments-as-object': {
    severity: (target: Target) => (speaksOpenAi(target) ? 'error' : 'info'),
    title: 'Arguments as an object',
    means: 'In the format of OpenAI the arguments of a call are a text that holds JSON. An object in their place is the most frequent reason for which a file with tools is refused.',
    one: 'has a tool call whose arguments are an object instead of its JSON text',
    many: 'have tool calls whose arguments are an object instead of its JSON text',
    remedy: 'Write the arguments as JSON in a text; a conversion does it',
  },
  'dataset.row.arguments-not-json': {
    severity: refused,
    title: 'Arguments that are not valid JSON',
    means: 'The program that runs the call cannot read its arguments. The model would learn to write such calls.',
    one: 'has a tool call whose arguments are not a JSON object',
    many: 'have tool calls whose arguments are not JSON objects',
    remedy: 'Correct the JSON of the arguments',
  },
  'dataset.row.orphan-tool-answer': {
    severity: refused,
    title: 'A tool that answers to nothing',
    means: 'The answer of a tool names the call it belongs to. Here no call before it has that name, so services refuse the row, and a model would learn results that come from nowhere.',
    one: 'has an answer of a tool to no call',
    many: 'have an answer of a tool to no call',
    remedy: 'Add the call, or let "tool_call_id" be the id of one before it',
  },
  'dataset.row.unanswered-call': {
    severity: 'warning',
    title: 'A call without its result',
    means: 'The conversation goes on although the tool has not answered. Chat services refuse such a conversation, and the model would learn to invent results.',
    one: 'has a tool call that is not answered before the conversation goes on',
    many: 'have tool calls that are not answered before the conversation goes on',
    remedy: 'Add the turn of the tool after the call',
  },
  'dataset.row.undefined-tool': {
    severity: 'warning',
    title: 'A call to a tool that is not defined',
    means: 'The row calls a function that its list of tools does not have. In use the model sees such a list and should choose from it; here it learns to call from memory.',
    one: 'calls a tool that it does not define',
    many: 'call tools that they do not define',
    remedy: 'Add the definition to "tools", or correct the name',
  },
  'dataset.row.missing-argument': {
    severity: 'warning',
    title: 'A required argument is missing',
    means: 'The definition of the tool says that it cannot do without this argument. The model would learn to leave it out.',
    one: 'has a tool call without a required argument',
    many: 'have tool calls without a required argument',
    remedy: 'Add the argument, or take it off the list of required ones',
  },
  'dataset.row.foreign-nulls': {
    severity: 'warning',
    title: 'Nulls that another row left behind',
    means: 'Libraries that keep rows as tables give every row the fields of all rows and fill them with null. In the definitions of tools these nulls reach the prompt as if every tool had every parameter.',
    one: 'has fields that are null in its tools',
    many: 'have fields that are null in their tools',
    remedy: 'Remove the fields that are null; a conversion does it',
  },
} as const satisfies Readonly<Record<string, RowRule>>;
