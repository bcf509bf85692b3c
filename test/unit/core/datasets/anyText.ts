/** Any text at all, lone surrogates included. */

import fc from 'fast-check';

export function anyText(maxLength = 60): fc.Arbitrary<string> {
  const unit = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) }, { weight: 1, arbitrary: fc.nat({ max: 0x10ffff }) });
  return fc.array(unit, { maxLength }).map((units) => String.fromCodePoint(...units));
}
