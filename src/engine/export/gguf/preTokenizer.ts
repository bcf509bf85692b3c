/** Which of llama.cpp's built-in ways to split text is the one of a tokenizer. */

import { UserError } from '../../errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const CONTRACTIONS = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)`;
const REST = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const WORD = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;

/** llama-vocab.cpp, `tokenizer_pre`; `ignoreMerges` is fixed by the name there. */
const KNOWN: readonly { readonly name: string; readonly splits: readonly string[]; readonly ignoreMerges: boolean }[] = [
  { name: 'gpt-2', splits: [GPT2], ignoreMerges: false },
  { name: 'smollm', splits: [String.raw`\p{N}`, GPT2], ignoreMerges: false },
  { name: 'qwen2', splits: [String.raw`${CONTRACTIONS}|${WORD}|\p{N}|${REST}`], ignoreMerges: false },
  { name: 'llama-bpe', splits: [String.raw`${CONTRACTIONS}|${WORD}|\p{N}{1,3}|${REST}`], ignoreMerges: true },
  {
    name: 'tekken',
    splits: [String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`],
    ignoreMerges: true,
  },
];

/**
 * Names the splitter of a byte-level tokenizer by what its `pre_tokenizer` does, not by who made it.
 *
 * @param tokenizer content of tokenizer.json
 * @throws UserError "export.tokenizer.unsupported" for a way to split that is not among llama.cpp's: with another one
 *   the model would read other tokens than it was trained on
 */
export function ggufPreTokenizer(tokenizer: Fields): string {
  const splits = splitsOf(tokenizer['pre_tokenizer']);
  const ignoreMerges = (tokenizer['model'] as Fields)['ignore_merges'] === true;
  const found = KNOWN.find((known) => known.ignoreMerges === ignoreMerges && known.splits.length === splits?.length && known.splits.every((split, i) => split === splits[i]));
  if (found) return found.name;
  throw new UserError('export.tokenizer.unsupported',
    `A GGUF file cannot be written: tokenizer.json splits text in a way that Tunesmith does not know from llama.cpp${splits === undefined ? '' : ` (${splits.join(' then ')})`}.`,
    'Export the merged folder instead.');
}

/** The regular expressions in order; undefined when there is a step that is none. */
function splitsOf(preTokenizer: unknown): string[] | undefined {
  const step = (preTokenizer ?? {}) as Fields;
  switch (step['type']) {
    case 'Sequence': {
      const steps = ((step['pretokenizers'] ?? []) as readonly unknown[]).map(splitsOf);
      return steps.includes(undefined) ? undefined : steps.flatMap((splits) => splits as string[]);
    }
    case 'ByteLevel':
      if (step['add_prefix_space'] === true) return undefined;
      return step['use_regex'] === false ? [] : [GPT2];
    case 'Digits':
      return step['individual_digits'] === true ? [String.raw`\p{N}`] : undefined;
    case 'Split': {
      const pattern = (step['pattern'] as Fields | undefined)?.['Regex'];
      return typeof pattern === 'string' && step['behavior'] === 'Isolated' && step['invert'] !== true ? [pattern] : undefined;
    }
    default:
      return undefined;
  }
}
