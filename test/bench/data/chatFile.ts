/** Writes the file that the benchmark of datasets reads: conversations of about a kilobyte, from a seed. */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { RandomGenerator } from '../../../src/engine/random.ts';

const WORDS = ('the a of to and in is for on with as by at from order invoice account password delivery refund customer team server report screen update '
  + 'please could would thanks since yesterday never always again works fails shows opens closes sends billing shipping technical returns café naïve').split(' ');
const SENTENCES = 2000;
/** So that the first findings do not wait for the end, and there are some all along. */
const ROWS_TO_A_FAULT = 1000;
const ROWS_AT_ONCE = 1000;

export async function writeChatFile(file: string, rows: number): Promise<void> {
  const random = new RandomGenerator(20_260_101);
  const sentences = Array.from({ length: SENTENCES }, () => {
    const words = Array.from({ length: 6 + random.below(12) }, () => WORDS[random.below(WORDS.length)] ?? '');
    return `${words.join(' ')}.`;
  });
  const text = (count: number): string => Array.from({ length: count }, () => sentences[random.below(SENTENCES)] ?? '').join(random.below(4) === 0 ? '\n' : ' ');
  const stream = createWriteStream(file);
  for (let row = 0; row < rows; row += ROWS_AT_ONCE) {
    let lines = '';
    for (let i = row; i < Math.min(rows, row + ROWS_AT_ONCE); i++) {
      const messages = [
        { role: 'system', content: 'You answer the questions of customers, shortly and in a friendly way.' },
        { role: 'user', content: `Ticket ${i}: ${text(6)}` },
        ...(random.below(4) === 0 ? [{ role: 'assistant', content: text(1) }, { role: 'user', content: text(1) }] : []),
        ...(i % ROWS_TO_A_FAULT === ROWS_TO_A_FAULT - 1 ? [] : [{ role: 'assistant', content: text(5) }]),
      ];
      lines += `${JSON.stringify({ messages })}\n`;
    }
    if (!stream.write(lines)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}
