/** The words that the engine and everything above it use for a conversation and its tokens. */

export type ChatRole = 'system' | 'user' | 'assistant' | 'tool';

/** One turn. `weight` 0 keeps an assistant turn in the context and out of the loss (OpenAI's field). */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
  readonly weight?: 0 | 1;
}

/** One training row after the chat template: what the model reads and which of it is trained on. */
export interface TokenizedExample {
  readonly ids: Int32Array;
  /** same length as `ids`; 1 where the token at this position is a target of the loss (never position 0) */
  readonly trained: Uint8Array;
  /** 1-based row of the source file, for messages */
  readonly row: number;
}

/** What a trainer or generator needs of a tokenizer with its chat template. */
export interface ChatTokenizer {
  /** the ids of plain text, of what the template prints and of end tokens are all below it; markers that none of them uses may not be */
  readonly vocabSize: number;
  readonly padId: number;
  /** any of these ends an answer */
  readonly endIds: readonly number[];
  encode(text: string): number[];
  decode(ids: Iterable<number>): string;
  /** Renders a whole conversation; only assistant turns (with their end marker) are trained on. */
  tokenizeExample(messages: readonly ChatMessage[], row: number): TokenizedExample;
  /** Renders the conversation so far with the generation prompt at the end. */
  tokenizePrompt(messages: readonly ChatMessage[]): number[];
}

/** What one token stands for. */
export interface SpelledToken {
  readonly id: number;
  /** of several tokens that make up one character, the last has it and the others have none */
  readonly text: string;
  /** a mark of the model's, such as the end of a turn, that no text is made of */
  readonly isSpecial: boolean;
}

export interface TokenSpeller {
  /** Together the texts are what the ids say, with the special tokens by their names. */
  spell(ids: Iterable<number>): SpelledToken[];
}

/** A token that is read as one wherever its text stands. */
export interface AddedToken {
  readonly text: string;
  /** a mark of the model's, such as the end of a turn, that no text is made of */
  readonly isSpecial: boolean;
}

export interface TemplateReader {
  readonly addedTokens: readonly AddedToken[];
  /** such as "</think>": what the template names, to print it or to look for it in the texts */
  readonly templateMarks: readonly string[];
  /** tokens of a SentencePiece vocabulary that go from one word into the next, as texts; few have any */
  readonly joinedWords: readonly string[];
  /** the text that begins what the model reads; undefined for models without one */
  readonly bos: string | undefined;
  /**
   * The text of a conversation as the model reads it.
   *
   * @throws UserError "model.chat-template.missing", "chat.template.refused"
   */
  render(messages: readonly ChatMessage[]): string;
}

/** All that is known of a model's tokenizer. */
export type ModelTokenizer = ChatTokenizer & TokenSpeller & TemplateReader;
