/** Small arithmetic, questions about a short text, small talk. */

import type { ChatMessage } from '../../../src/engine/text/chat.ts';
import type { Speaker } from './phrases.ts';
import { ask, askAbout, type Task } from './taskFrame.ts';
import { CATEGORIES } from './words.ts';

/** Sums and differences of numbers of one or two digits; never below zero. */
export const arithmetic: Task = (speaker) => sumUpTo(speaker, speaker.pick([9, 20, 50, 99]));

export const smallArithmetic: Task = (speaker) => sumUpTo(speaker, speaker.pick([9, 9, 12, 20]));

function sumUpTo(speaker: Speaker, most: number): ChatMessage[] {
  let [a, b] = [speaker.integer(0, most), speaker.integer(0, most)];
  const plus = speaker.chance(0.55);
  if (!plus && b > a) [a, b] = [b, a];
  const sign = plus ? '+' : '-';
  const question = speaker.pick([
    `What is ${a} ${sign} ${b}?`, `${a} ${sign} ${b} =`, `${a} ${sign} ${b}`, `${a}${sign}${b}`, `Calculate ${a} ${sign} ${b}.`, `How much is ${a} ${plus ? 'plus' : 'minus'} ${b}?`, `${plus ? 'Add' : 'Compute'} ${a} ${plus ? `and ${b}` : `- ${b}`}.`,
  ]);
  return ask(speaker, question, String(plus ? a + b : a - b));
}

export const arithmeticStory: Task = (speaker) => {
  const [a, b] = [speaker.integer(2, 12), speaker.integer(1, 9)];
  const thing = speaker.pick(['apples', 'books', 'cards', 'coins', 'tickets', 'parcels', 'keys']);
  const who = speaker.say('{first}');
  if (speaker.chance(0.5) || b > a) return ask(speaker, `${who} has ${a} ${thing} and gets ${b} more. How many ${thing} does ${who} have?`, String(a + b));
  return ask(speaker, `${who} has ${a} ${thing} and gives away ${b}. How many are left?`, String(a - b));
};

export const compareNumbers: Task = (speaker) => {
  const a = speaker.integer(0, speaker.pick([9, 99, 999]));
  let b = speaker.integer(0, speaker.pick([9, 99, 999]));
  if (a === b) b = a + 1;
  return speaker.chance(0.5)
    ? ask(speaker, speaker.pick([`Which is larger: ${a} or ${b}?`, `Larger number: ${a}, ${b}?`]), String(Math.max(a, b)))
    : ask(speaker, speaker.pick([`Which is smaller: ${a} or ${b}?`, `Smaller number: ${a}, ${b}?`]), String(Math.min(a, b)));
};

export const whereIsIt: Task = (speaker) => {
  const people = [speaker.say('{first}'), speaker.say('{first}')] as const;
  const things = speaker.sample(['key', 'book', 'card', 'phone', 'cup', 'letter', 'lamp', 'bag'], 2);
  const places = speaker.sample(['kitchen', 'garden', 'office', 'car', 'box', 'drawer', 'hall', 'cellar'], 2);
  const text = things.map((thing, i) => `${people[i]} ${speaker.pick(['put', 'left', 'placed'])} the ${thing} in the ${places[i]}.`).join(' ');
  const at = speaker.random.below(2);
  return speaker.pick([
    () => askAbout(speaker, `Where is the ${things[at]}?`, text, `in the ${places[at]}`),
    () => askAbout(speaker, `What is in the ${places[at]}?`, text, `the ${things[at]}`),
    () => askAbout(speaker, `Who ${speaker.pick(['had', 'moved'])} the ${things[at]}?`, text, people[at]),
    () => (speaker.chance(0.5) ? askAbout(speaker, `Is the ${things[at]} in the ${places[at]}?`, text, 'yes') : askAbout(speaker, `Is the ${things[at]} in the ${places[1 - at]}?`, text, 'no')),
  ])();
};

export const whoHasWhat: Task = (speaker) => {
  const count = speaker.integer(2, 3);
  const people = Array.from({ length: count }, () => speaker.say('{first}'));
  const [colours, things] = [speaker.sample(CATEGORIES['colour'], count), speaker.sample(['bike', 'hat', 'house', 'car', 'boat', 'dog', 'coat'], count)];
  const text = people.map((who, i) => `${who} has a ${colours[i]} ${things[i]}.`).join(' ');
  const at = speaker.random.below(count);
  return speaker.pick([
    () => askAbout(speaker, `Who has the ${things[at]}?`, text, people[at]),
    () => askAbout(speaker, `What colour is the ${things[at]}?`, text, colours[at]),
    () => askAbout(speaker, `What does ${people[at]} have?`, text, `a ${colours[at]} ${things[at]}`),
  ])();
};

const TALK: readonly (readonly [string, string])[] = [
  ['(Hi|Hello|Hey|Good morning|Hello there)(!|.|)', 'Hello! How can I help you?'],
  ['(Who|What) are you?', 'I am a small language model made to be trained for your own task.'],
  ['What can you do?', 'I can sort messages, find things in a text and answer short questions.'],
  ['(Thanks|Thank you|Great, thanks|Many thanks)(!|.|)', 'You are welcome.'],
  ['(How are you|How do you do|How is it going)?', 'I am fine, thank you.'],
  ['(Bye|Goodbye|See you|Good night)(!|.|)', 'Goodbye!'],
  ['(Can|Could) you help me?', 'Yes. What do you need?'],
  ['What is your name?', 'I have no name. You can call me Starter.'],
  ['Are you (a person|human|a robot)?', 'I am a small computer program.'],
  ['(Tell me|Say) something.', 'The lanterns of Brindle burn all night.'],
];

export const smallTalk: Task = (speaker: Speaker) => {
  const [question, answer] = speaker.pick(TALK);
  return ask(speaker, speaker.speak(question, speaker.chance(0.2) ? 1 : 0).text, answer);
};
