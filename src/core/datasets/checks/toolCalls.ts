/** Finds calls that no program could run, and results that belong to no call. */

import { quoteBriefly } from '../../wording/lists.ts';
import type { Fields, Message, ToolCall, ToolDefinition } from '../example.ts';
import { isFields, parseJson } from '../formats/values.ts';
import type { RowFindings, RowPlace } from '../rowFindings.ts';
import type { DatasetCheck } from './check.ts';
import { turnsOf } from './spoken.ts';

export const toolCalls: DatasetCheck = {
  row({ example, fields, place }, findings) {
    const turns = turnsOf(example);
    const { tools } = example;
    if (!tools && !hasCalls(turns)) return;
    checkCalls(turns, tools, place, findings);
    checkAnswers(turns, place, findings);
    if (hasObjectArguments(fields)) findings.add('dataset.row.arguments-as-object', place);
    const nulls = fieldOfNull(fields['tools'] ?? fields['toolConfig']) ?? nullArgument(turns);
    if (nulls !== undefined) findings.add('dataset.row.foreign-nulls', place, quoteBriefly(nulls));
  },
};

function hasCalls(turns: readonly Message[]): boolean {
  for (const turn of turns) if (turn.role === 'tool' || turn.toolCalls !== undefined) return true;
  return false;
}

/** One finding a rule and row. */
function checkCalls(turns: readonly Message[], tools: readonly ToolDefinition[] | undefined, place: RowPlace, findings: RowFindings): void {
  const found = new Set<string>();
  const add = (code: 'dataset.row.arguments-not-json' | 'dataset.row.undefined-tool' | 'dataset.row.missing-argument', detail: string): void => {
    if (!found.has(code)) findings.add(code, place, detail);
    found.add(code);
  };
  for (const [index, { toolCalls: calls = [] }] of turns.entries()) {
    for (const call of calls) {
      const given = parseJson(call.arguments);
      if (!isFields(given)) add('dataset.row.arguments-not-json', `those of ${call.name} in turn ${index + 1}`);
      if (!tools) continue;
      const tool = tools.find(({ name }) => name === call.name);
      if (!tool) add('dataset.row.undefined-tool', call.name);
      else if (isFields(given)) {
        const missing = requiredOf(tool).find((name) => !Object.hasOwn(given, name));
        if (missing !== undefined) add('dataset.row.missing-argument', `${call.name} needs ${quoteBriefly(missing)}`);
      }
    }
  }
  const [first] = tools ? [] : turns.flatMap(({ toolCalls: calls = [] }) => calls);
  if (first) add('dataset.row.undefined-tool', `${first.name}, and defines none`);
}

function requiredOf({ parameters }: ToolDefinition): readonly string[] {
  const required = parameters?.['required'];
  return Array.isArray(required) ? required.filter((name): name is string => typeof name === 'string') : [];
}

/** Calls and results by their ids; where one of the two has none, by their order. */
function checkAnswers(turns: readonly Message[], place: RowPlace, findings: RowFindings): void {
  let open: ToolCall[] = [];
  let isOrphaned = false;
  let isUnanswered = false;
  for (const [index, { role, toolCalls: calls, toolCallId }] of turns.entries()) {
    if (role === 'tool') {
      const at = toolCallId === undefined ? 0 : open.findIndex(({ id }) => id === undefined || id === toolCallId);
      if (at >= 0 && at < open.length) open = open.toSpliced(at, 1);
      else if (!isOrphaned) {
        isOrphaned = true;
        findings.add('dataset.row.orphan-tool-answer', place, toolCallId === undefined ? `turn ${index + 1}` : quoteBriefly(toolCallId));
      }
      continue;
    }
    const [waiting] = open;
    if (waiting && !isUnanswered) {
      isUnanswered = true;
      findings.add('dataset.row.unanswered-call', place, `${waiting.name}, before turn ${index + 1}`);
    }
    open = [...(calls ?? [])];
  }
}

/** In the row as it is written: what was read has them as text. */
function hasObjectArguments(fields: Fields): boolean {
  const lists = [fields['messages'], isFields(fields['input']) ? fields['input']['messages'] : undefined, fields['preferred_output'], fields['prompt'], fields['completion']];
  return lists.some((list) => Array.isArray(list) && list.some((turn: unknown) => {
    if (!isFields(turn)) return false;
    const calls: unknown = turn['tool_calls'];
    return (Array.isArray(calls) && calls.some((call: unknown) => isFields(call) && isFields(call['function']) && isFields(call['function']['arguments'])))
      || (isFields(turn['function_call']) && isFields(turn['function_call']['arguments']));
  }));
}

/** A definition deeper than this is nobody's. */
const DEEPEST = 32;

/** @returns the name of the first field that is null where a schema has no use for it */
function fieldOfNull(value: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return undefined;
  for (const [key, held] of Object.entries(value)) {
    if (held === null && !Array.isArray(value) && key !== 'default' && key !== 'const') return key;
    if (key === 'enum' || key === 'examples') continue;
    const inner = fieldOfNull(held, depth + 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Two nulls in one call are a table's doing; one may be meant. */
function nullArgument(turns: readonly Message[]): string | undefined {
  for (const { toolCalls: calls = [] } of turns) {
    for (const call of calls) {
      const given = parseJson(call.arguments);
      if (!isFields(given)) continue;
      const nulls = Object.keys(given).filter((key) => given[key] === null);
      if (nulls.length > 1) return nulls[0];
    }
  }
  return undefined;
}
