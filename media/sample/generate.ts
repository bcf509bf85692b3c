/**
 * Writes the sample project's tickets: 1,000 to train on and 200 held out, the same bytes for the same seed.
 *
 * Usage: node media/sample/generate.ts [--out FOLDER] [--seed N]
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Speaker } from '../starter/world/phrases.ts';
import { LAMPS, TEAMS, TOLD, type Team } from './teams.ts';

export interface Ticket {
  readonly text: string;
  readonly team: string;
}

export const SYSTEM = 'Route the support ticket to a team. Answer with the name of the team.';
export const SAMPLE_SEED = 7;

const TRAIN_ROWS = 1000;
const HELD_OUT_ROWS = 200;
/** share of the held-out rows in wordings that the training file never uses */
const UNSEEN_SHARE = 0.15;
const OPENINGS = ['Hi,', 'Hello,', 'Hi there,', 'Good morning,', 'Dear Lumo team,', 'Hey!', 'Hello Lumo,'];
const CLOSINGS = ['Thanks.', 'Thank you!', 'Please help.', 'Regards, {name}', 'Best, {first}', 'It is urgent.', 'This is annoying.', 'I am waiting for your answer.', 'My order number is {order}.', 'You can reach me at {email}.'];

/** Both files' tickets; no text occurs twice, not even when capitals, digits and punctuation are ignored. */
export function makeTickets(seed: number): { train: Ticket[]; heldout: Ticket[] } {
  const speaker = new Speaker(seed);
  const seen = new Set<string>();
  const heldout = unique(HELD_OUT_ROWS, seen, (row) => {
    const team = TEAMS[row % TEAMS.length];
    return ticket(speaker, team, speaker.chance(UNSEEN_SHARE) ? team.heldout : team.train);
  });
  const train = unique(TRAIN_ROWS, seen, (row) => {
    const team = TEAMS[row % TEAMS.length];
    return ticket(speaker, team, team.train);
  });
  return { train: speaker.random.shuffle(train), heldout: speaker.random.shuffle(heldout) };
}

/** What two texts share when they are the same ticket in other dress. */
export function skeleton(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]+/g, ' ').trim();
}

function unique(count: number, seen: Set<string>, make: (row: number) => Ticket): Ticket[] {
  const tickets: Ticket[] = [];
  while (tickets.length < count) {
    const made = make(tickets.length);
    const key = skeleton(made.text);
    if (seen.has(key)) continue;
    seen.add(key);
    tickets.push(made);
  }
  return tickets;
}

function ticket(speaker: Speaker, team: Team, patterns: readonly string[]): Ticket {
  const roll = speaker.random.uniform();
  const parts = [say(speaker, speaker.pick(patterns), roll < 0.75 ? 0 : roll < 0.92 ? 1 : 2)];
  if (speaker.chance(0.1)) parts.unshift(say(speaker, speaker.pick(TOLD), 0));
  if (speaker.chance(0.2)) parts.unshift(speaker.pick(OPENINGS));
  if (speaker.chance(0.25)) parts.push(say(speaker, speaker.pick(CLOSINGS), 0));
  const text = parts.join(' ');
  return { text: speaker.chance(0.1) ? text.toLowerCase() : text, team: team.name };
}

function say(speaker: Speaker, pattern: string, mistakes: number): string {
  return speaker.speak(pattern.replaceAll(/\{lamp\}/g, () => speaker.pick(LAMPS)), mistakes).text;
}

function toRow({ text, team }: Ticket): string {
  return JSON.stringify({ messages: [{ role: 'system', content: SYSTEM }, { role: 'user', content: text }, { role: 'assistant', content: team }] });
}

/** Writes both files. */
export async function writeSample(folder: string, seed: number): Promise<void> {
  const { train, heldout } = makeTickets(seed);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tickets.jsonl'), `${train.map(toRow).join('\n')}\n`);
  await writeFile(join(folder, 'tickets.heldout.jsonl'), `${heldout.map(toRow).join('\n')}\n`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: import.meta.dirname }, seed: { type: 'string', default: String(SAMPLE_SEED) } } });
  await writeSample(values.out, Number(values.seed));
}
