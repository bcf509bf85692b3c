/** The starter model's world and files: made by seed, never taught the sample's teams, loadable, and what its record says. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { makeTickets, SAMPLE_SEED, skeleton, SYSTEM } from '../../../media/sample/generate.ts';
import { Speaker } from '../../../media/starter/world/phrases.ts';
import { TASKS, worldRows, type Round, type WorldRow } from '../../../media/starter/world/world.ts';
import { openPretrained } from '../../../src/engine/model/pretrained.ts';

const STARTER = join(import.meta.dirname, '../../../media/starter');

function rows(seed: number, count: number, round: Round): WorldRow[] {
  const stream = worldRows(seed, round);
  return Array.from({ length: count }, () => stream.next().value);
}

describe.each(['first', 'second'] as const)('the world, %s round', (round) => {
  const sample = rows(5, 20_000, round);

  test('is the same for the same seed and another for another', () => {
    expect(rows(5, 300, round)).toEqual(sample.slice(0, 300));
    expect(rows(6, 300, round)).not.toEqual(sample.slice(0, 300));
  });

  test('has every task, each about as often as it should be', () => {
    const parts = Object.entries(TASKS).map(([task, [first, second]]) => [task, round === 'first' ? first : second] as const);
    const total = parts.reduce((sum, [, part]) => sum + part, 0);
    for (const [task, part] of parts) {
      const share = sample.filter((row) => row.task === task).length / sample.length;
      expect(Math.abs(share - part / total)).toBeLessThan(0.01);
    }
  });

  test('makes conversations that end with an answer, with nothing of a pattern left in them', () => {
    for (const { messages } of sample) {
      expect(messages.at(-1)!.role).toBe('assistant');
      expect(messages.filter(({ role }) => role === 'user').length).toBeGreaterThan(0);
      for (const { content } of messages) {
        expect(content.trim()).not.toBe('');
        expect(content).not.toMatch(/\{[a-z]+\}|undefined|\|/);
      }
    }
  });

  test('answers sums rightly', () => {
    for (const { task, messages } of sample) {
      if (task !== 'arithmetic' && task !== 'smallArithmetic') continue;
      const [a, b] = messages.at(-2)!.content.match(/\d+/g)!.map(Number) as [number, number];
      expect([a + b, a - b].map(String)).toContain(messages.at(-1)!.content);
    }
  });

  test('does not teach the sample project: not its instruction, nor its tickets with their teams', () => {
    const tickets = makeTickets(SAMPLE_SEED);
    const teamOf = new Map([...tickets.train, ...tickets.heldout].map(({ text, team }) => [skeleton(text), team]));
    for (const { messages } of sample) {
      const answer = messages.at(-1)!.content;
      for (const { content } of messages) {
        expect(content).not.toContain(SYSTEM);
        // A few everyday sentences ("I forgot my password again.") are in both; the team as their answer is in none.
        const team = teamOf.get(skeleton(content));
        if (team !== undefined) expect(answer).not.toBe(team);
      }
    }
  });
});

test('patterns choose, nest and fill in values by seed', () => {
  const speaker = new Speaker(3);
  const said = Array.from({ length: 200 }, () => speaker.say('(I|We (all|both)|) lost {order}.'));
  expect(new Set(said.map((text) => text.replace(/lost .*/, '').trim()))).toEqual(new Set(['I', 'We all', 'We both', '']));
  const { text, values } = speaker.speak('Write to {email}, {name}.');
  expect(text).toBe(`Write to ${values.get('email')}, ${values.get('name')}.`);
});

describe('the committed model', () => {
  test('opens, and is what its record says', async () => {
    const { config, weights, tokenizer } = await openPretrained(STARTER);
    const record = JSON.parse(await readFile(join(STARTER, 'training.json'), 'utf8')) as { sha256: string; parameters: number };
    const bytes = await readFile(join(STARTER, 'model.safetensors'));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(record.sha256);
    expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(record.parameters);
    expect(tokenizer.vocabSize).toBe(config.vocabSize);
    expect(tokenizer.endIds).toContain(tokenizer.encode('<|im_end|>')[0]);
  });

  test('is small enough to ship', async () => {
    const files = (await readdir(STARTER)).filter((name) => !name.endsWith('.ts') && name !== 'world');
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(STARTER, name))).size));
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(16 * 1024 * 1024);
  });
});
