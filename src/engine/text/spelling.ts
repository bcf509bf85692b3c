/** Tells which part of a text each of its tokens stands for. */

/** What a decoder makes of the first bytes of a character whose others are in the next tokens. */
const INCOMPLETE = '\uFFFD';

/** A character takes four bytes at most, so that no more tokens than these wait for its end. */
const LONGEST_WAIT = 4;

/**
 * A token's text depends on the one before it (some decoders take off a space at the start), so each is what decoding
 * it after its predecessor adds.
 *
 * @param decode with special tokens by their names
 * @returns a text for each id, '' where the next token completes the character; joined they are the whole text
 * @see text-generation-inference, `decode_token`: a window of a prefix and what is read on from it
 */
export function spellTokens(ids: readonly number[], decode: (ids: number[]) => string): string[] {
  const texts: string[] = [];
  let prefix = 0;
  let read = 0;
  ids.forEach((_, i) => {
    const before = read > prefix ? decode(ids.slice(prefix, read)) : '';
    const text = decode(ids.slice(prefix, i + 1));
    const waits = text.endsWith(INCOMPLETE) && i + 1 - read < LONGEST_WAIT && i + 1 < ids.length;
    texts.push(waits ? '' : text.slice(before.length));
    if (waits) return;
    prefix = read;
    read = i + 1;
  });
  return texts;
}
