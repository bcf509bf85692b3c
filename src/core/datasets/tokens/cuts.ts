/** Where a text can be cut so that the tokens of its pieces are the tokens of the whole. */

/** Classes of UTF-16 code units. */
const OTHER = 0;
const SPACE = 1;
const BREAK = 2;
const WHITE = 3;
const DIGIT = 4;
export const LETTER = 5;
const SIGN = 6;
export const CLASS_BITS = 3;

const UNITS = 65_536;

/**
 * Kinds of cuts. The first is sound for all tokenizers here: before a single space between two characters that are none.
 * Those of GPT-2, Llama 3, Qwen and SmolLM2 split a text there before they look for tokens, and no token of a
 * SentencePiece vocabulary holds a space behind another character. Which others are is tried out, see `soundCuts`.
 *
 * @see Radford et al. 2019 (GPT-2), encoder.py, and "pre_tokenizer" in each model's tokenizer.json for its expression
 * @see Kudo & Richardson 2018, "SentencePiece", the option split_by_whitespace
 */
export type CutKind = 'atSingleSpaces' | 'afterLetters' | 'afterBreaks' | 'afterSingleBreak' | 'aroundNumbers' | 'everyDigit' | 'everyThirdDigit';

/** What a table of cuts says of two neighbours; the others depend on what is around them, see `isCutThere`. */
export const NO_CUT = 0;
export const CUT = 1;
const BEFORE_SINGLE_SPACE = 2;
const AFTER_SINGLE_BREAK = 3;
const AT_THIRD_DIGIT = 4;

let classes: Uint8Array | undefined;

/** The class of each UTF-16 code unit. */
export function classesOfUnits(): Uint8Array {
  if (classes) return classes;
  classes = new Uint8Array(UNITS);
  for (let unit = 0; unit < UNITS; unit++) {
    const letter = String.fromCharCode(unit);
    if (letter === ' ') classes[unit] = SPACE;
    else if (letter === '\n' || letter === '\r') classes[unit] = BREAK;
    else if (/\s/.test(letter)) classes[unit] = WHITE;
    else if (/[0-9]/.test(letter)) classes[unit] = DIGIT;
    else if (/[A-Za-z]/.test(letter)) classes[unit] = LETTER;
    else if (unit > 0x20 && unit < 0x7f) classes[unit] = SIGN;
  }
  return classes;
}

/** For a class and the one after it, at `first << CLASS_BITS | second`, whether there is a cut between them. */
export function cutTable(kinds: ReadonlySet<CutKind>): Uint8Array {
  const table = new Uint8Array(1 << (2 * CLASS_BITS));
  const set = (before: readonly number[], after: readonly number[], cut: number): void => {
    for (const a of before) for (const b of after) table[(a << CLASS_BITS) | b] = cut;
  };
  const ink = [OTHER, DIGIT, LETTER, SIGN];
  if (kinds.has('atSingleSpaces')) set(ink, [SPACE], BEFORE_SINGLE_SPACE);
  if (kinds.has('afterLetters')) set([LETTER], [SPACE, BREAK, WHITE], CUT);
  if (kinds.has('afterSingleBreak')) set([BREAK], ink, AFTER_SINGLE_BREAK);
  if (kinds.has('afterBreaks')) set([BREAK], ink, CUT);
  if (kinds.has('aroundNumbers')) {
    set([LETTER, SIGN], [DIGIT], CUT);
    set([DIGIT], [LETTER, SIGN], CUT);
  }
  if (kinds.has('everyThirdDigit')) set([DIGIT], [DIGIT], AT_THIRD_DIGIT);
  if (kinds.has('everyDigit')) set([DIGIT], [DIGIT], CUT);
  return table;
}

/**
 * @param cut what the table says of the units before `i` and at it
 * @param start where the piece begins that `i` may end
 * @param classes as `classesOfUnits` gives them
 */
export function isCutThere(cut: number, text: string, i: number, start: number, classes: Uint8Array): boolean {
  switch (cut) {
    case CUT:
      return true;
    case BEFORE_SINGLE_SPACE:
      return isInk(kindAt(text, i + 1, classes));
    case AFTER_SINGLE_BREAK:
      return i > 1 && isInk(kindAt(text, i - 2, classes));
    case AT_THIRD_DIGIT: {
      if (i - start === 3 && kindAt(text, start, classes) === DIGIT) return kindAt(text, start + 1, classes) === DIGIT;
      // A sign before the digits may be a digit of another script.
      const before = kindAt(text, i - 4, classes);
      return i - start > 3 && kindAt(text, i - 3, classes) === DIGIT && kindAt(text, i - 2, classes) === DIGIT && before !== DIGIT && before !== OTHER;
    }
    default:
      return false;
  }
}

/** Beyond both ends, as if there were a space. */
function kindAt(text: string, place: number, classes: Uint8Array): number {
  return place < 0 || place >= text.length ? SPACE : (classes[text.charCodeAt(place)] ?? OTHER);
}

function isInk(kind: number): boolean {
  return kind === OTHER || kind >= DIGIT;
}
