/** The Modelfile with which Ollama runs an exported GGUF file as the model was trained. */

import { UserError } from '../errors.ts';
import type { ChatMessage } from '../text/chat.ts';

export interface ModelfileFacts {
  /** file beside the Modelfile */
  readonly ggufFile: string;
  readonly systemPrompt: string | undefined;
  /** tokens as text after which an answer ends */
  readonly stops: readonly string[];
  /** in Ollama's language; undefined leaves the choice to Ollama */
  readonly template: string | undefined;
}

/** @see https://docs.ollama.com/modelfile */
export function ollamaModelfile({ ggufFile, systemPrompt, stops, template }: ModelfileFacts): string {
  const lines = [`# ollama create my-model -f Modelfile`, `FROM ./${ggufFile}`, ''];
  if (template === undefined) {
    lines.push('# The chat template is in the GGUF file. Ollama knows the common ones by their text; if the answers look wrong, add TEMPLATE here.', '');
  } else {
    lines.push(`TEMPLATE """${template}"""`, '');
  }
  // Three quotes end a text, and nothing escapes them.
  if (systemPrompt?.includes('"""')) lines.push('# The system message that the model was trained with contains three quotes in a row, which a Modelfile cannot hold.', '');
  else if (systemPrompt !== undefined && systemPrompt !== '') lines.push(`SYSTEM """${systemPrompt}"""`, '');
  for (const stop of stops) lines.push(`PARAMETER stop ${JSON.stringify(stop)}`);
  lines.push('# The evaluation took the most probable answer; so does this.', 'PARAMETER temperature 0', '');
  return lines.join('\n');
}

/** Contents that no template contains. */
const CONTENTS = { system: '\uE0F3', user: '\uE0F4', assistant: '\uE0F5' } as const;

type Role = keyof typeof CONTENTS;

/** Shows a template everything it may treat in a way of its own. */
const CONVERSATION: readonly Role[] = ['system', 'user', 'assistant', 'user'];

/**
 * Says a chat template in the template language of Ollama, which is Go's and cannot run Jinja: for templates that put
 * something before and after each message that depends on its role alone, and for those that put the system message
 * into the first turn of the user, as Gemma's does. Others give undefined.
 *
 * @param render the model's own template
 * @param bos the text of the first token, which Ollama adds by itself
 * @see https://docs.ollama.com/template
 */
export function ollamaTemplate(render: (messages: readonly ChatMessage[], forAnswer: boolean) => string, bos: string | undefined): string | undefined {
  /** What stands before, between and after the contents of these turns. */
  const around = (...roles: Role[]): string[] => frame(withoutStart(render(roles.map(turn), false), bos), roles);
  try {
    const [beforeSystem, systemToUser, userToAssistant, assistantToUser, afterUser] = around(...CONVERSATION);
    const [beforeFirst] = around('user');
    const beforeUser = attempt(() => withoutStart(around('user', 'user')[1], afterUser)) ?? beforeFirst;
    const isFolded = beforeSystem === beforeUser && !systemToUser.endsWith(beforeUser);
    const message: Record<Role, readonly [string, string]> = {
      system: isFolded ? ['', systemToUser] : [beforeSystem, withoutEnd(systemToUser, beforeUser)],
      user: [beforeUser, afterUser],
      assistant: [withoutStart(userToAssistant, afterUser), withoutEnd(assistantToUser, beforeUser)],
    };
    const defaultSystem = withoutEnd(beforeFirst, beforeUser);
    const written = (roles: readonly Role[]): string => roles.map((role) => message[role].join(CONTENTS[role])).join('');
    const expected = isFolded ? beforeUser + written(['system']) + written(CONVERSATION.slice(1)).slice(beforeUser.length) : written(CONVERSATION);
    const forAnswer = withoutStart(render(CONVERSATION.map(turn), true), bos);
    if (!forAnswer.startsWith(expected) || withoutStart(render([turn('user')], false), bos) !== defaultSystem + written(['user'])) return undefined;
    const prompt = forAnswer.slice(expected.length);
    const parts = [...Object.values(message).flat(), defaultSystem, prompt];
    if (parts.some((part) => part.includes('{{') || part.includes('"""'))) return undefined;
    if (isFolded) {
      return `{{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}${beforeUser}{{ if $system }}{{ $system }}${systemToUser}{{ $system = "" }}{{ end }}{{ .Content }}${afterUser}` +
        `{{ else if eq .Role "assistant" }}${message.assistant.join('{{ .Content }}')}{{ end }}{{ end }}${prompt}`;
    }
    const cases = (['system', 'user', 'assistant'] as const).map((role, i) => `{{ ${i === 0 ? '' : 'else '}if eq .Role "${role}" }}${message[role].join('{{ .Content }}')}`);
    return `${defaultSystem === '' ? '' : `{{ if not .System }}${defaultSystem}{{ end }}`}{{ range .Messages }}${cases.join('')}{{ end }}{{ end }}${prompt}`;
  } catch (fault) {
    if (fault instanceof UserError || fault instanceof NotSayable) return undefined;
    throw fault;
  }
}

/** The template does more than put something around each message. */
class NotSayable extends Error {}

function turn(role: Role): ChatMessage {
  return { role, content: CONTENTS[role] };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined; // the template wants turns to alternate
  }
}

/** @throws NotSayable when the contents are not all there once and in order */
function frame(text: string, roles: readonly Role[]): string[] {
  const order = [...text.matchAll(/[\uE0F3-\uE0F5]/g)].map(([content]) => content);
  if (order.length !== roles.length || roles.some((role, i) => order[i] !== CONTENTS[role])) throw new NotSayable();
  return text.split(/[\uE0F3-\uE0F5]/);
}

function withoutStart(text: string, start: string | undefined): string {
  return start !== undefined && text.startsWith(start) ? text.slice(start.length) : text;
}

function withoutEnd(text: string, end: string): string {
  if (!text.endsWith(end)) throw new NotSayable();
  return text.slice(0, text.length - end.length);
}
