/** Makes what a token says visible where it is nothing to see. Pure. */

/** Line breaks keep breaking the line, behind their sign; a token without text of its own is a dot. */
export function visibleText(text: string): string {
  if (text === '') return '·';
  return text.replaceAll(/\r\n|[\r\n\t]|[\p{Cc}\u200B-\u200F\u2028\u2029\uFEFF]/gu, (sign) => {
    if (sign === '\n') return '⏎\n';
    if (sign === '\r\n') return '␍⏎\n';
    if (sign === '\t') return '⇥\t';
    const code = sign.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
