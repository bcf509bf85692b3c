/** What every dataset format is turned into. */

import type { ChatMessage } from '../../engine/text/chat.ts';

/** What training takes a row for; how exactly it is written is told by the table of formats. */
export type DatasetFormat = 'chat' | 'prompt-completion' | 'labelled-text' | 'preference';

/** A JSON object; a column named `__proto__` is an own property of it. */
export type Fields = Readonly<Record<string, unknown>>;

/** A piece of a content: text, or something that only one family of formats can say and that is kept as it was. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'other'; readonly dialect: Dialect; readonly value: Fields };

/** Who understands a piece that is not text: an image is written in three ways that do not translate without its file. */
export type Dialect = 'openai' | 'bedrock' | 'gemini';

export interface ToolCall {
  readonly id?: string;
  readonly name: string;
  /** a JSON text, kept to the letter */
  readonly arguments: string;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** a JSON schema */
  readonly parameters?: Fields;
  /** what else is said of it, such as OpenAI's "strict" */
  readonly more?: Fields;
}

/** One turn. `content` is always the whole text of it. */
export interface Message extends ChatMessage {
  /** only where the content is more than one text */
  readonly parts?: readonly ContentPart[];
  /** OpenAI's other names of the roles "system" and "tool" */
  readonly spokenAs?: 'developer' | 'function';
  /** of the speaker; of a tool's message, the tool */
  readonly name?: string;
  /** what the model thought before it answered */
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** of a tool's message: the call that it answers */
  readonly toolCallId?: string;
  /** other fields of the turn */
  readonly more?: Fields;
}

interface Common {
  readonly id?: string | number;
  readonly tools?: readonly ToolDefinition[];
  readonly parallelToolCalls?: boolean;
  /** tools are called in OpenAI's older words: "functions" and "function_call" */
  readonly olderFunctions?: boolean;
  /** other columns of the row */
  readonly metadata?: Fields;
}

/** A conversation to imitate; the system prompt is its first message. A labelled text is one of two turns. */
export interface Conversation extends Common {
  readonly kind: 'conversation';
  readonly messages: readonly Message[];
  /** Alpaca: the end of the last user turn, after a line break, that the row has in a column of its own */
  readonly input?: string;
}

/** A better and a worse answer. */
export interface Preference extends Common {
  readonly kind: 'preference';
  /** what both follow; what is not said apart is the beginning that they share */
  readonly prompt: readonly Message[];
  readonly chosen: readonly Message[];
  readonly rejected: readonly Message[];
  readonly scores?: { readonly chosen: number; readonly rejected: number };
}

/** One of several answers, with a score or a verdict. */
export interface Candidate {
  readonly answer: readonly Message[];
  readonly score?: number;
  readonly isPreferred?: boolean;
  readonly more?: Fields;
}

/** Several answers to one prompt, in the order of the row. */
export interface Ranking extends Common {
  readonly kind: 'ranking';
  readonly prompt: readonly Message[];
  readonly candidates: readonly Candidate[];
}

/** One answer that somebody liked or did not. */
export interface Rating extends Common {
  readonly kind: 'rating';
  readonly prompt: readonly Message[];
  readonly answer: readonly Message[];
  readonly isGood: boolean;
}

/** A prompt whose answers are graded (reinforcement fine-tuning). */
export interface Task extends Common {
  readonly kind: 'task';
  readonly prompt: readonly Message[];
  /** what a grader may ask for, by the names of the row; `reference_answer` where there is a single answer */
  readonly reference: Fields;
}

/** Text to continue (continued pre-training). */
export interface PlainText extends Common {
  readonly kind: 'text';
  readonly text: string;
}

/** One row as it speaks, whatever format it is written in. */
export type Example = Conversation | Preference | Ranking | Rating | Task | PlainText;

/** One row as SFT and DPO train on it. */
export interface TrainingExample {
  /** 1-based row of the source file: the line of JSONL, blank lines included; the record of CSV, its header not included */
  readonly row: number;
  /** at least one user turn, ending in the assistant's answer */
  readonly messages: readonly ChatMessage[];
  /** of a preference pair: the conversation with the worse answer; `messages` has the better one */
  readonly rejected?: readonly ChatMessage[];
}
