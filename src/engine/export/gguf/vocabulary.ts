/** A tokenizer as the metadata that llama.cpp reads. */

import { UserError } from '../../errors.ts';
import type { MetadataValue } from './format.ts';
import { ggufPreTokenizer } from './preTokenizer.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface VocabularySource {
  /** content of tokenizer.json */
  readonly tokenizer: Fields;
  /** `bos_token` and so on, by name */
  readonly specials: Readonly<Record<string, string>>;
  /** rows of the embedding; entries beyond the tokenizer's own are filled up */
  readonly vocabSize: number;
  /** the token after which an answer ends */
  readonly endId: number | undefined;
  /** the chat template prints the `bos_token` first */
  readonly startsWithBos: boolean;
  readonly chatTemplate: string | undefined;
}

/** gguf-py/gguf/constants.py, `TokenType`. */
const TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
}

/**
 * @throws UserError "export.tokenizer.unsupported"
 * @see conversion/base.py, `get_vocab_base`, and gguf-py/gguf/vocab.py, `SpecialVocab`
 */
export function vocabularyEntries(source: VocabularySource): Map<string, MetadataValue> {
  const model = (source.tokenizer['model'] ?? {}) as Fields;
  if (model['type'] !== 'BPE') throw unsupported(`tokenizer.json is of type ${JSON.stringify(model['type'])}; only BPE can be written`);
  const vocabulary = model['vocab'] as Readonly<Record<string, number>>;
  const added = (source.tokenizer['added_tokens'] ?? []) as readonly AddedToken[];
  const pieces = model['byte_fallback'] === true;
  const tokens: string[] = [];
  const types: number[] = [];
  for (let id = 0; id < source.vocabSize; id++) {
    tokens.push(`[PAD${id}]`);
    types.push(TYPE.unused);
  }
  const place = (id: number, token: string, type: number): void => {
    if (!Number.isInteger(id) || id < 0) throw unsupported(`the tokenizer gives the token ${JSON.stringify(token)} the id ${JSON.stringify(id)}`);
    if (id >= source.vocabSize) throw unsupported(`the tokenizer has the id ${id} and the model only ${source.vocabSize} rows`);
    tokens[id] = token;
    types[id] = type;
  };
  for (const [token, id] of Object.entries(vocabulary)) place(id, token, pieces && /^<0x[0-9A-F]{2}>$/.test(token) ? TYPE.byte : TYPE.normal);
  for (const { id, content, special } of added) place(id, content, isControl(content, special) ? TYPE.control : TYPE.userDefined);
  if (pieces && typeof model['unk_token'] === 'string') types[vocabulary[model['unk_token']]] = TYPE.unknown;

  const entries = new Map<string, MetadataValue>();
  const key = (name: string): string => `tokenizer.ggml.${name}`;
  const merges = mergesOf(model);
  entries.set(key('model'), { type: 'string', value: pieces ? 'llama' : 'gpt2' });
  entries.set(key('pre'), { type: 'string', value: pieces ? 'default' : ggufPreTokenizer(source.tokenizer) });
  entries.set(key('tokens'), { type: 'array', of: 'string', value: tokens });
  if (pieces) {
    entries.set(key('scores'), { type: 'array', of: 'float32', value: scoresOf(tokens, merges) });
    entries.set(key('add_space_prefix'), { type: 'bool', value: addsSpace(source.tokenizer) });
  }
  entries.set(key('token_type'), { type: 'array', of: 'int32', value: types });
  // A space within a half would end it, so it is written as its stand-in of the byte alphabet.
  if (!pieces) entries.set(key('merges'), { type: 'array', of: 'string', value: merges.map((pair) => pair.map((half) => half.replaceAll(' ', 'Ġ')).join(' ')) });

  const idOf = new Map([...Object.entries(vocabulary), ...added.map(({ content, id }) => [content, id] as const)]);
  const ids = { bos: source.specials['bos_token'], eos: source.specials['eos_token'], unknown: source.specials['unk_token'], padding: source.specials['pad_token'] };
  for (const [name, token] of Object.entries(ids)) {
    const id = token === undefined ? undefined : idOf.get(token);
    if (id !== undefined) entries.set(key(`${name}_token_id`), { type: 'uint32', value: id });
  }
  const eos = ids.eos === undefined ? undefined : idOf.get(ids.eos);
  if (source.endId !== undefined) {
    if (eos === undefined) entries.set(key('eos_token_id'), { type: 'uint32', value: source.endId });
    else if (eos !== source.endId) entries.set(key('eot_token_id'), { type: 'uint32', value: source.endId });
  }
  // What the model saw in training: the template's own first token, or none.
  entries.set(key('add_bos_token'), { type: 'bool', value: source.startsWithBos });
  entries.set(key('add_eos_token'), { type: 'bool', value: false });
  if (source.chatTemplate !== undefined) entries.set('tokenizer.chat_template', { type: 'string', value: withoutGenerationTags(source.chatTemplate) });
  return entries;
}

/** `{% generation %}` says what to train on, and not every reader of templates knows it; a condition that holds prints the same. */
export function withoutGenerationTags(template: string): string {
  return template
    .replace(/\{%(-?)\s*generation\s*(-?)%\}/g, '{%$1 if true $2%}')
    .replace(/\{%(-?)\s*endgeneration\s*(-?)%\}/g, '{%$1 endif $2%}');
}

/** Some tokenizers forget to say of a token like `<|user|>` that it is special. */
function isControl(content: string, special: boolean | undefined): boolean {
  return special === true || /^<[|｜].*[|｜]>$/.test(content);
}

function mergesOf(model: Fields): [string, string][] {
  return ((model['merges'] ?? []) as readonly (string | readonly [string, string])[]).map((merge) => {
    if (typeof merge !== 'string') return [merge[0], merge[1]];
    const at = merge.indexOf(' ', 1);
    return [merge.slice(0, at), merge.slice(at + 1)];
  });
}

/**
 * SentencePiece joins the two pieces whose whole has the best score, `tokenizer.json` the pair that comes first: the same
 * order when a whole's score falls with the place of its first pair.
 */
function scoresOf(tokens: readonly string[], merges: readonly (readonly [string, string])[]): number[] {
  const places = new Map<string, number>();
  merges.forEach(([left, right], place) => {
    if (!places.has(left + right)) places.set(left + right, place);
  });
  return tokens.map((token) => -(places.get(token) ?? merges.length));
}

/** Whether a text gets a space before its first word. */
function addsSpace(tokenizer: Fields): boolean {
  const steps = (step: unknown, list: string): readonly Fields[] => {
    const fields = (step ?? {}) as Fields;
    return fields['type'] === 'Sequence' ? (fields[list] as readonly Fields[]) : [fields];
  };
  return steps(tokenizer['normalizer'], 'normalizers').some(({ type }) => type === 'Prepend')
    || steps(tokenizer['pre_tokenizer'], 'pretokenizers').some((step) => step['type'] === 'Metaspace' && step['prepend_scheme'] !== 'never' && step['add_prefix_space'] !== false);
}

function unsupported(what: string): UserError {
  return new UserError('export.tokenizer.unsupported', `A GGUF file cannot be written: ${what}.`, 'Export the merged folder instead.');
}
