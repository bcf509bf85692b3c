/** A model's tokenizer with its chat template: text to ids, conversations to training rows and prompts. */

import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { Tokenizer } from '@huggingface/tokenizers';

import { UserError } from '../errors.ts';
import { readJson, readOptionalJson, readOptionalText } from '../model/jsonFile.ts';
import type { AddedToken, ChatMessage, ModelTokenizer, SpelledToken, TokenizedExample } from './chat.ts';
import { ChatTemplate, type TextSpan } from './chatTemplate.ts';
import { spellTokens } from './spelling.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What belongs to a tokenizer in a model folder, to be copied with it. */
export const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'special_tokens_map.json', 'generation_config.json'] as const;

export interface ChatTokenizerSource {
  /** parsed `tokenizer.json` */
  readonly tokenizer: unknown;
  /** parsed `tokenizer_config.json` */
  readonly config: unknown;
  /** `chat_template.jinja`; else the configuration's `chat_template` counts */
  readonly template?: string | undefined;
  /** ids that end an answer according to the model's generation_config.json or config.json */
  readonly endIds?: readonly number[];
  /** the model folder, for messages */
  readonly folder: string;
}

/**
 * Reads the tokenizer of a model folder: `tokenizer.json`, `tokenizer_config.json`, `chat_template.jinja` where there
 * is one, and the end tokens of `generation_config.json` and `config.json`.
 *
 * @throws UserError "model.file.missing", "model.file.invalid", "model.tokenizer.invalid", "model.chat-template.invalid"
 */
export async function loadChatTokenizer(folder: string): Promise<ModelTokenizer> {
  const sentencePiece = join(folder, 'tokenizer.model');
  const file = join(folder, 'tokenizer.json');
  if (!(await isFile(file)) && (await isFile(sentencePiece))) {
    throw new UserError(
      'model.tokenizer.sentencepiece',
      `${folder} has only ${basename(sentencePiece)}, the older SentencePiece form of a tokenizer.`,
      'Download a version of the model that has tokenizer.json; most publish both.',
      { place: { file: sentencePiece } },
    );
  }
  const [tokenizer, config, template, generation, model] = await Promise.all([
    readJson(file),
    readOptionalJson(join(folder, 'tokenizer_config.json')),
    readOptionalText(join(folder, 'chat_template.jinja')),
    readOptionalJson(join(folder, 'generation_config.json')),
    readOptionalJson(join(folder, 'config.json')),
  ]);
  const endIds = [generation, model].flatMap((json) => (isRecord(json) ? [json['eos_token_id']].flat() : []));
  return createChatTokenizer({
    tokenizer,
    config: config ?? {},
    template,
    endIds: endIds.filter((id): id is number => Number.isSafeInteger(id)),
    folder,
  });
}

/** As `loadChatTokenizer`, from what was read. */
export function createChatTokenizer(source: ChatTokenizerSource): ModelTokenizer {
  const config = isRecord(source.config) ? source.config : {};
  const file = join(source.folder, 'tokenizer.json');
  let tokenizer: Tokenizer;
  try {
    tokenizer = new Tokenizer(source.tokenizer as object, config);
  } catch (cause) {
    throw new UserError('model.tokenizer.invalid', `tokenizer.json cannot be used: ${(cause as Error).message}.`, 'Download the model again.', {
      cause,
      place: { file },
    });
  }
  const specials = specialTokens(config);
  const templateSource = source.template ?? configuredTemplate(config);
  const template = templateSource === undefined ? undefined : new ChatTemplate(templateSource, specials);
  return new TemplatedTokenizer(tokenizer, template, marksIn(templateSource ?? ''), specials, source.endIds ?? [], source.folder);
}

const SAMPLE_ANSWER = 'answer';

class TemplatedTokenizer implements ModelTokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly endIds: readonly number[];
  readonly bos: string | undefined;
  readonly templateMarks: readonly string[];
  private readonly tokenizer: Tokenizer;
  private readonly template: ChatTemplate | undefined;
  private readonly ends: ReadonlySet<number>;
  /** what ends the last answer of a row, where the template prints nothing that does, and how much space it prints instead */
  private readonly missingEnd: { readonly id: number; readonly space: number } | undefined;
  private readonly folder: string;

  constructor(
    tokenizer: Tokenizer, template: ChatTemplate | undefined, marks: readonly string[], specials: Readonly<Record<string, string>>, endIds: readonly number[],
    folder: string,
  ) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.folder = folder;
    this.bos = specials['bos_token'];
    this.templateMarks = marks;
    const idOf = (token: string | undefined): number | undefined => (token === undefined ? undefined : tokenizer.token_to_id(token));
    const eos = idOf(specials['eos_token']);
    const ends = new Set([...(eos === undefined ? [] : [eos]), ...endIds.filter((id) => tokenizer.id_to_token(id) !== undefined)]);
    const sample = this.sampleConversation();
    const marker = this.turnEndMarker(sample);
    if (marker !== undefined) ends.add(marker);
    this.ends = ends;
    this.endIds = [...ends];
    const tail = sample.slice(sample.lastIndexOf(SAMPLE_ANSWER) + SAMPLE_ANSWER.length);
    const isOpen = sample.includes(SAMPLE_ANSWER) && !this.encode(tail).some((id) => ends.has(id));
    this.missingEnd = isOpen && eos !== undefined ? { id: eos, space: tail.length - tail.trimEnd().length } : undefined;
    this.padId = idOf(specials['pad_token']) ?? eos ?? this.endIds[0] ?? 0;
    let largest = -1;
    for (const id of tokenizer.get_vocab(false).values()) largest = Math.max(largest, id);
    this.vocabSize = Math.max(largest, ...ends, ...this.encode(sample)) + 1;
  }

  encode(text: string): number[] {
    // Templates print the special tokens themselves: adding them here would double the first one.
    return text === '' ? [] : this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: Iterable<number>): string {
    const list = [...ids];
    if (list.length === 0) return '';
    // The library's default takes off spaces before punctuation, which would change what the model wrote.
    return this.tokenizer.decode(list, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
  }

  spell(ids: Iterable<number>): SpelledToken[] {
    const list = [...ids];
    const added = this.tokenizer.get_added_tokens_decoder();
    const texts = spellTokens(list, (some) => this.tokenizer.decode(some, { skip_special_tokens: false, clean_up_tokenization_spaces: false }));
    return list.map((id, i) => ({ id, text: texts[i], isSpecial: added.get(id)?.special ?? false }));
  }

  get addedTokens(): readonly AddedToken[] {
    return [...this.tokenizer.get_added_tokens_decoder().values()].map(({ content, special }) => ({ text: content, isSpecial: special }));
  }

  get joinedWords(): readonly string[] {
    return [...this.tokenizer.get_vocab(false).keys()].filter((token) => /[^▁]▁/u.test(token)).map((token) => token.replaceAll('▁', ' '));
  }

  render(messages: readonly ChatMessage[]): string {
    return this.requireTemplate().render(messages, false);
  }

  tokenizeExample(messages: readonly ChatMessage[], row: number): TokenizedExample {
    try {
      const { text, answers } = this.requireTemplate().renderForTraining(messages);
      const endsInAnswer = answers.at(-1)?.end === text.length;
      return { ...(this.missingEnd !== undefined && endsInAnswer ? this.endedIds(text, answers, this.missingEnd) : this.maskedIds(text, answers)), row };
    } catch (error) {
      if (!(error instanceof UserError) || !error.code.startsWith('chat.template.')) throw error;
      throw new UserError(error.code, `Row ${row}: ${error.message}`, error.remedy, { cause: error, place: { ...error.place, row } });
    }
  }

  tokenizePrompt(messages: readonly ChatMessage[]): number[] {
    return this.encode(this.requireTemplate().render(messages, true));
  }

  private maskedIds(text: string, answers: readonly TextSpan[]): { ids: Int32Array; trained: Uint8Array } {
    const cuts = [0, ...answers.flatMap(({ start, end }) => [start, end]), text.length];
    const pieces = cuts.slice(1).map((cut, i) => this.encode(text.slice(cuts[i], cut)));
    const whole = this.encode(text);
    const boundaries = isConcatenation(pieces, whole) ? runningLengths(pieces) : this.alignedLengths(text, cuts, whole);
    const trained = new Uint8Array(whole.length);
    for (let i = 0; i < answers.length; i++) {
      const start = Math.max(1, boundaries[2 * i]);
      trained.fill(1, start, this.afterEndMarker(whole, start, boundaries[2 * i + 1]));
    }
    return { ids: Int32Array.from(whole), trained };
  }

  /** The end comes right after the answer: space that the template prints there only leads to the next turn. */
  private endedIds(text: string, answers: readonly TextSpan[], { id, space }: { readonly id: number; readonly space: number }): { ids: Int32Array; trained: Uint8Array } {
    const length = text.length - space;
    const { ids, trained } = this.maskedIds(text.slice(0, length), answers.map(({ start, end }) => ({ start: Math.min(start, length), end: Math.min(end, length) })));
    return { ids: Int32Array.from([...ids, id]), trained: Uint8Array.from([...trained, 1]) };
  }

  /** Token positions of the cuts when a token spans one: the longest beginning that the two ways to encode share. */
  private alignedLengths(text: string, cuts: readonly number[], whole: readonly number[]): number[] {
    return cuts.slice(1, -1).map((cut) => {
      const prefix = this.encode(text.slice(0, cut));
      let shared = 0;
      while (shared < prefix.length && prefix[shared] === whole[shared]) shared++;
      return shared;
    });
  }

  /** The end of what is trained on: behind the last end marker of the turn, so that a line break after it is not. */
  private afterEndMarker(ids: readonly number[], start: number, end: number): number {
    for (let i = end - 1; i >= start; i--) if (this.ends.has(ids[i])) return i + 1;
    return end;
  }

  /** A question and an answer as the template puts them; empty when there is none or it refuses them. */
  private sampleConversation(): string {
    try {
      return this.template?.render([{ role: 'user', content: 'question' }, { role: 'assistant', content: SAMPLE_ANSWER }], false) ?? '';
    } catch {
      return '';
    }
  }

  /** The special token that the template prints right after an answer, for example `<|im_end|>`. */
  private turnEndMarker(sample: string): number | undefined {
    const at = sample.lastIndexOf(SAMPLE_ANSWER);
    if (at < 0) return undefined;
    const [first] = this.encode(sample.slice(at + SAMPLE_ANSWER.length).trimStart());
    return first !== undefined && this.tokenizer.get_added_tokens_decoder().get(first)?.special ? first : undefined;
  }

  private requireTemplate(): ChatTemplate {
    if (this.template !== undefined) return this.template;
    throw new UserError(
      'model.chat-template.missing',
      `The model in ${this.folder} has no chat template, so conversations cannot be put into its form.`,
      'Choose the instruct (chat) version of the model, or add chat_template.jinja to its folder.',
      { place: { file: this.folder } },
    );
  }
}

/** Tags in angle brackets, and words in capitals in square ones. */
function marksIn(template: string): string[] {
  return [...new Set(template.match(/<\/?[^<>\s'"]{1,40}>|\[\/?[A-Z_]{2,40}\]/g))];
}

/** The named special tokens of tokenizer_config.json: `bos_token` and so on, each a text or `{ content }`. */
export function specialTokens(config: Fields): Record<string, string> {
  const specials: Record<string, string> = {};
  for (const name of ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']) {
    const value = config[name];
    const content = isRecord(value) ? value['content'] : value;
    if (typeof content === 'string') specials[name] = content;
  }
  return specials;
}

/** `chat_template` is a text or a list of named ones, of which "default" is the chat's. */
export function configuredTemplate(config: Fields): string | undefined {
  const value = config['chat_template'];
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.find((entry) => isRecord(entry) && entry['name'] === 'default') as Fields | undefined;
  return typeof named?.['template'] === 'string' ? named['template'] : undefined;
}

function isConcatenation(pieces: readonly (readonly number[])[], whole: readonly number[]): boolean {
  let at = 0;
  for (const piece of pieces) for (const id of piece) if (whole[at++] !== id) return false;
  return at === whole.length;
}

function runningLengths(pieces: readonly (readonly number[])[]): number[] {
  let length = 0;
  return pieces.map((piece) => (length += piece.length));
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
