/** Composes a customer's message of the starter world: a reason to write with what people say around it. */

import { BANK } from './bankIntents.ts';
import type { Field, Intent } from './intent.ts';
import { MORE_WORDINGS } from './moreWordings.ts';
import { HOME, TRAVEL } from './otherIntents.ts';
import { PHONE } from './phoneIntents.ts';
import { anyOf, type Said, type Speaker } from './phrases.ts';
import { SHOP } from './shopIntents.ts';
import { SOFTWARE } from './softwareIntents.ts';
import type { ValueKind } from './values.ts';

export const FIELDS: readonly Field[] = [BANK, SHOP, PHONE, SOFTWARE, TRAVEL, HOME];

export type Mood = 'angry' | 'happy' | 'neutral';

export interface Message {
  readonly text: string;
  readonly field: Field;
  readonly intent: Intent;
  readonly mood: Mood;
}

const NOUN_FRAMES = [
  '(I have|There is) a (problem|question|issue) (with|about) {x}.', '(Question|Problem|Issue|Trouble) (about|with) {x}.', 'I (need|want) (help|support|information) with {x}.',
  'Can you (help me|tell me more) (with|about) {x}?', 'What (about|is the matter with) {x}?', 'I am writing (about|because of) {x}.', 'It is about {x}.', 'Need help: {x}.', '{x}, what (can|should) I do?',
];
const WANT_FRAMES = [
  'I (want|would like|need|have) to {x}.', 'How (can|do) I {x}?', 'Can you help me (to |){x}?', 'Is it possible to {x}?', '(Please|) help me {x}.', 'What (must|should|do) I (do|have to do) to {x}?',
  'I am trying to {x}.', 'Where can I {x}?', 'Tell me how to {x}.', 'I (cannot|am not able to|do not know how to) {x}.', 'Could you {x} for me?',
];
const OPENINGS = ['Hi,', 'Hello,', 'Hello!', 'Hi there,', 'Dear team,', 'Good morning,', 'Hey,', 'Good evening.', 'Hi, this is {first}.'];
const CLOSINGS = ['Thanks.', 'Thank you.', 'Please help.', 'Regards, {first}', 'Thanks in advance!', 'Best wishes, {name}', 'Please answer soon.', 'What can I do?'];
const ASIDES = [
  'I have been a customer for {days} years.', 'I tried it {days} times.', 'My {device} is new.', 'I am in {city} at the moment.', 'It started on {weekday}.', 'I already wrote to you on {date}.', 'My wife says it works for her.',
  'I waited on the phone for an hour.', 'It worked fine last week.', 'I asked a friend and he did not know either.', 'My number is {phone}.', 'You can write to {email}.', 'My customer number is {number}.', 'I have to leave in {days} days.',
];
const ANGER = [
  'This is (really |so |)annoying.', 'I am very (angry|upset|disappointed|unhappy).', 'This is (a joke|unacceptable|terrible|the worst service).', 'I have had enough!', 'This is the third time!', 'Your service is (awful|bad|useless).', 'Never again!',
];
const JOY = ['(I|We) love your (service|team|app).', 'You are (great|wonderful|so helpful).', 'Thank you for the (great|fast|friendly) help last time.', 'I am very happy with you otherwise.', 'Great company!'];

/** One or two sentences of a customer on this topic, with slips of the finger in about a third of them. */
export function writeMessage(speaker: Speaker, field: Field, intent: Intent): Message {
  const parts = [say(speaker, corePattern(speaker, intent))];
  if (speaker.chance(0.15)) parts.push(say(speaker, corePattern(speaker, intent)));
  if (speaker.chance(0.2)) parts.splice(speaker.random.below(parts.length + 1), 0, say(speaker, speaker.pick(ASIDES)));
  const roll = speaker.random.uniform();
  const mood: Mood = roll < 0.12 ? 'angry' : roll < 0.18 ? 'happy' : 'neutral';
  if (mood !== 'neutral') parts.splice(speaker.chance(0.7) ? parts.length : 0, 0, say(speaker, speaker.pick(mood === 'angry' ? ANGER : JOY)));
  if (speaker.chance(0.15)) parts.unshift(say(speaker, speaker.pick(OPENINGS)));
  if (speaker.chance(0.12)) parts.push(say(speaker, speaker.pick(CLOSINGS)));
  const text = parts.join(' ');
  return { text: speaker.chance(0.06) ? text.toLowerCase() : text, field, intent, mood };
}

/** A message on any topic: the fields by the number of their topics. */
export function anyMessage(speaker: Speaker): Message {
  const { field, intent } = anyTopic(speaker);
  return writeMessage(speaker, field, intent);
}

export function anyTopic(speaker: Speaker): { field: Field; intent: Intent } {
  let at = speaker.random.below(FIELDS.reduce((sum, { intents }) => sum + intents.length, 0));
  for (const field of FIELDS) {
    if (at < field.intents.length) return { field, intent: field.intents[at] };
    at -= field.intents.length;
  }
  throw new RangeError('The draw is below the number of topics.');
}

/** A sentence that gives away a value, for finding it again. */
export function valueSentence(speaker: Speaker, kind: ValueKind): Said {
  return speaker.speak(speaker.pick(VALUE_SENTENCES[kind] ?? ['It says {' + kind + '}.']));
}

const VALUE_SENTENCES: Partial<Record<ValueKind, readonly string[]>> = {
  order: ['My order number is {order}.', 'It is about order {order}.', '(Order|Ticket|Reference): {order}.', 'The number of the order is {order}.', 'I ordered it, number {order}.', 'See {order} for details.'],
  email: ['My e-mail is {email}.', 'Please write to {email}.', 'You can reach me at {email}.', 'Answer to {email}, please.', 'I use the address {email}.'],
  name: ['My name is {name}.', 'I am {name}.', 'Regards, {name}', 'This is {name} speaking.', 'The account belongs to {name}.', 'Signed, {name}.'],
  date: ['It was on {date}.', 'It happened on {date}.', 'I bought it on {date}.', 'I need it by {date}.', 'Since {date} nothing works.'],
  phone: ['My phone number is {phone}.', 'Call me at {phone}.', 'You can call {phone}.', 'Tel. {phone}'],
  amount: ['I paid {amount}.', 'It cost {amount}.', 'The amount is {amount}.', 'You took {amount} from me.', 'It was {amount} in total.'],
  city: ['I live in {city}.', 'I am writing from {city}.', 'It was sent to {city}.', 'Our office is in {city}.'],
  product: ['It is about the {product}.', 'I bought a {product}.', 'The {product} is for my mother.', 'I only wanted a {product}.'],
  weekday: ['I am at home on {weekday}.', 'Please come on {weekday}.', 'It was on {weekday}.'],
  time: ['I am free at {time}.', 'It happened at {time}.', 'Call me at {time}.'],
};

function corePattern(speaker: Speaker, intent: Intent): string {
  const more = MORE_WORDINGS[intent.name];
  if (speaker.widely && more !== undefined && speaker.chance(0.4)) return speaker.pick(more);
  const roll = speaker.random.uniform();
  if (roll < 0.62) return speaker.pick(intent.says);
  if (roll < 0.8) return speaker.pick(WANT_FRAMES).replace('{x}', anyOf(intent.wants));
  return speaker.pick(NOUN_FRAMES).replace('{x}', anyOf(intent.nouns));
}

function say(speaker: Speaker, pattern: string): string {
  const roll = speaker.random.uniform();
  const { text } = speaker.speak(pattern, roll < 0.8 ? 0 : roll < 0.93 ? 1 : 2);
  return speaker.chance(0.9) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
