/** Gives tool calls the ids that some formats do without, and their answers the ids of the calls. */

import type { Message, ToolCall } from '../example.ts';

/**
 * @param older leaves single calls without an id alone, as OpenAI's older words do
 * @returns the messages with an id for every call, made up where there is none, and answers matched in order or by name
 */
export function withCallIds(messages: readonly Message[], older = false): readonly Message[] {
  const taken = new Set(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id }) => id)));
  let made = 0;
  const makeId = (): string => {
    do made++; while (taken.has(`call_${made}`));
    return `call_${made}`;
  };
  const open: (ToolCall & { readonly id: string })[] = [];
  return messages.map((message) => {
    if (message.toolCalls) {
      if (older && message.toolCalls.length === 1 && message.toolCalls[0]?.id === undefined) return message;
      const toolCalls = message.toolCalls.map((call) => ({ ...call, id: call.id ?? makeId() }));
      open.push(...toolCalls);
      return { ...message, toolCalls };
    }
    if (message.role !== 'tool') return message;
    const { toolCallId, name } = message;
    const at = open.findIndex((call) => (toolCallId === undefined ? name === undefined || call.name === name : call.id === toolCallId));
    const [answered] = at === -1 ? [] : open.splice(at, 1);
    return toolCallId === undefined && answered ? { ...message, toolCallId: answered.id } : message;
  });
}
