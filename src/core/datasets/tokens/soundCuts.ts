/** Tries out how the texts of a tokenizer can be counted piece by piece. */

import { ChunkCounter, type PieceEncoder } from './chunkCounter.ts';
import type { CutKind } from './cuts.ts';

/** What tokenizers treat in different ways: numbers, line breaks, runs of space, contractions, signs, scripts, code. */
const SAMPLES: readonly string[] = [
  'The quick brown fox jumps over the lazy dog. It\'s what they\'ve said, isn\'t it? I\'LL see.',
  'In 1984, 3 of 10,003 rows cost $1234567.89; 007 and 2026-11-23T16:40:05Z are numbers, as are x2y34z567 and v10.',
  'Line one\nline two\r\nline three\n\nA paragraph\n\n\nanother one.\n- a list\n- of 2 things\n12\n345 6\n\t\tindented\n    by four\n',
  'function add(a, b) {\n    if (a > b) {\n        return a + b; // 42\n    }\n\treturn { "key": [1, 22, 333, 4444], \'k\': null };\n}\n',
  'Two  spaces,   three, and some at the end  \nword\t tab \t tab\nmixed \n space \n\n end   ',
  'Où est ma carte, déjà commandée à Zürich? Größe 12½, naïve café — “quoted” … №5 ²³ 1٣2 x²3 ١٢٣٤٥.',
  'Привет, как дела? 今天天气很好,我们去公园吧。2024年5月3日 こんにちは世界 안녕하세요 123개 สวัสดี नमस्ते १२३',
  'Emoji 👍🏽 and 👩‍👩‍👧 5️⃣ e\u0301 a\u0308 1\u0301 \u200b zero\u00a0width\u3000space \u2028 line',
  'https://example.org/a/b?c=1&d=22#e3 user@example.com C:\\dir\\file_01.txt <p class="x1">text</p> snake_case camelCase3D',
  'a\nb\n\nc\n\n\nd\n\n\n\ne\r\nf\r\n\r\ng \nh\t\ni \n\nj\n k\n  l\n\tm.\nn.\n\no,\n1\n\n2\n\n\n3 \n4\t5  6',
  '#### 72\n<<48/2=24>>24 clips\nA: 1\nB: 22\n\n\n\n3) x^2+y^2=z^2, 5%, -7, +8, 1e10, 0xff, #123, @4, a1b22c333d4444',
];

/** Kinds that are sound together with those before them, each one tried alone; of two that exclude each other the coarser comes last. */
const TRIED: readonly { readonly kind: CutKind; readonly unless?: CutKind }[] = [
  { kind: 'afterLetters' },
  { kind: 'afterBreaks' },
  { kind: 'afterSingleBreak', unless: 'afterBreaks' },
  { kind: 'aroundNumbers' },
  { kind: 'everyDigit' },
  { kind: 'everyThirdDigit', unless: 'everyDigit' },
];

/** A letter that the pieces of tokenizers follow which put a space before every text. */
const ANCHOR = 'a';

export interface SoundCuts {
  readonly encode: PieceEncoder;
  readonly kinds: ReadonlySet<CutKind>;
  /** whether a text counts the same behind another, where there is a cut between them */
  readonly isAdditive: boolean;
}

/** @param count how many tokens a whole text has; @returns no kinds for a tokenizer whose texts cannot be cut */
export function soundCuts(count: (text: string) => number): SoundCuts {
  const wholes = SAMPLES.map(count);
  const fits = (encode: PieceEncoder, kinds: ReadonlySet<CutKind>): boolean => {
    const counter = new ChunkCounter(encode, kinds);
    return SAMPLES.every((text, i) => counter.count(text) === wholes[i]);
  };
  const plain: PieceEncoder = (piece) => count(piece);
  const base = new Set<CutKind>(['atSingleSpaces']);
  if (fits(plain, base)) {
    const kinds = base;
    for (const { kind, unless } of TRIED) {
      if ((unless === undefined || !kinds.has(unless)) && fits(plain, new Set([...kinds, kind]))) kinds.add(kind);
    }
    return { encode: plain, kinds, isAdditive: true };
  }
  const anchor = count(ANCHOR);
  const anchored: PieceEncoder = (piece, isFirst) => (isFirst ? count(piece) : count(ANCHOR + piece) - anchor);
  return fits(anchored, base) ? { encode: anchored, kinds: base, isAdditive: false } : { encode: plain, kinds: new Set(), isAdditive: false };
}
