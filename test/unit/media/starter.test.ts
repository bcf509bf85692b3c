/** The starter model's world and files: made by seed, never taught the sample's teams, loadable, and what its record says. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { TEAMS } from '../../../media/sample/teams.ts';
import { makeTickets, skeleton, SYSTEM } from '../../../media/sample/generate.ts';
import { Speaker } from '../../../media/starter/world/phrases.ts';
import { TASKS, worldRows, type WorldRow } from '../../../media/starter/world/world.ts';
import { openPretrained } from '../../../src/engine/model/pretrained.ts';

const STARTER = join(import.meta.dirname, '../../../media/starter');

function rows(seed: number, count: number): WorldRow[] {
  const stream = worldRows(seed);
  return Array.from({ length: count }, () => stream.next().value);
}

describe('the world', () => {
  const sample = rows(5, 20_000);

  test('is the same for the same seed and another for another', () => {
    expect(rows(5, 300)).toEqual(sample.slice(0, 300));
    expect(rows(6, 300)).not.toEqual(sample.slice(0, 300));
  });

  test('has every task, each about as often as it should be', () => {
    const total = Object.values(TASKS).reduce((sum, [parts]) => sum + parts, 0);
    for (const [task, [parts]] of Object.entries(TASKS)) {
      const share = sample.filter((row) => row.task === task).length / sample.length;
      expect(Math.abs(share - parts / total)).toBeLessThan(0.01);
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
      if (task !== 'arithmetic') continue;
      const [a, b] = messages.at(-2)!.content.match(/\d+/g)!.map(Number) as [number, number];
      expect([a + b, a - b].map(String)).toContain(messages.at(-1)!.content);
    }
  });

  test('does not teach the sample project: not its instruction, its tickets or its teams', () => {
    const tickets = makeTickets(7);
    const texts = new Set([...tickets.train, ...tickets.heldout].map(({ text }) => skeleton(text)));
    const teams = new Set(TEAMS.map(({ name }) => name));
    for (const { messages } of sample) {
      for (const { content } of messages) {
        expect(texts.has(skeleton(content)) && content.split(' ').length > 5).toBe(false);
        expect(content).not.toContain(SYSTEM);
      }
      // Words like "security" are English; as the answer to a routing question they would be the sample's labels.
      expect(teams.has(messages.at(-1)!.content) && /team|route/i.test(messages.at(-2)!.content)).toBe(false);
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
