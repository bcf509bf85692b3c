/** Tasks about words and letters: knowledge, copying, changing, counting, ordering. */

import { anyMessage } from './message.ts';
import { orList, type Speaker } from './phrases.ts';
import { ask, askAbout, type Task } from './taskFrame.ts';
import { BRINDLE, CATEGORIES, COLOURS_OF, NUMBER_WORDS, OPPOSITES, PAST, PLURALS } from './words.ts';
import { MONTHS, WEEKDAYS } from './values.ts';

export const opposite: Task = (speaker) => {
  const pair = speaker.pick(OPPOSITES);
  const [from, to] = speaker.chance(0.5) && pair[1] !== 'light' && pair[1] !== 'old' && pair[1] !== 'right' ? [pair[1], pair[0]] : pair;
  return ask(speaker, quoted(speaker, from, ['What is the opposite of {x}?', 'Opposite of {x}?', 'Give the opposite of {x}.', 'Which word means the opposite of {x}?', '{x} - opposite?']), to);
};

export const plural: Task = (speaker) => {
  const [one, many] = speaker.pick(PLURALS);
  if (speaker.chance(0.2)) return ask(speaker, quoted(speaker, many, ['What is the singular of {x}?', 'Singular of {x}?']), one);
  return ask(speaker, quoted(speaker, one, ['What is the plural of {x}?', 'Plural of {x}?', 'One {x}, two ...?', 'Give the plural of {x}.']), many);
};

export const past: Task = (speaker) => {
  const [now, then] = speaker.pick(PAST);
  return ask(speaker, quoted(speaker, now, ['What is the past tense of {x}?', 'Past tense of {x}?', 'Put {x} into the past.', 'Today I {x}, yesterday I ...?']), then);
};

export const category: Task = (speaker) => {
  const kind = speaker.pick(Object.keys(CATEGORIES));
  const thing = speaker.pick(CATEGORIES[kind]);
  const roll = speaker.random.below(4);
  if (roll === 0) {
    const options = speaker.random.shuffle([kind, ...speaker.sample(Object.keys(CATEGORIES).filter((name) => !CATEGORIES[name].includes(thing)), speaker.integer(1, 3))]);
    return ask(speaker, `${speaker.pick(['What is', 'What kind of thing is'])} "${thing}": ${orList(options)}?`, kind);
  }
  if (roll === 1) {
    const yes = speaker.chance(0.5);
    const other = speaker.pick(Object.keys(CATEGORIES).filter((name) => !CATEGORIES[name].includes(thing)));
    return ask(speaker, `Is "${thing}" a kind of ${yes ? kind : other}?`, yes ? 'yes' : 'no');
  }
  if (roll === 2) {
    const odd = speaker.pick(CATEGORIES[speaker.pick(Object.keys(CATEGORIES).filter((name) => name !== kind && !(name === 'bird' && kind === 'animal') && !(name === 'animal' && kind === 'bird')))]);
    const words = speaker.random.shuffle([...speaker.sample(CATEGORIES[kind].filter((word) => word !== odd), 3), odd]);
    return ask(speaker, `${speaker.pick(['Which word does not fit', 'Find the odd one out', 'Which one is different'])}: ${words.join(', ')}?`, odd);
  }
  return ask(speaker, quoted(speaker, thing, ['What kind of thing is {x}?', 'Which category is {x}?', '{x} is a kind of what?']), kind);
};

export const pickKind: Task = (speaker) => {
  const kind = speaker.pick(Object.keys(CATEGORIES));
  const right = speaker.pick(CATEGORIES[kind]);
  const others = speaker.sample(Object.keys(CATEGORIES).filter((name) => name !== kind && !CATEGORIES[name].includes(right)), speaker.integer(1, 3)).map((name) => speaker.pick(CATEGORIES[name].filter((word) => !CATEGORIES[kind].includes(word))));
  return ask(speaker, `${speaker.pick(['Which of these is a', 'Pick the', 'Which word names a'])} ${kind}: ${speaker.random.shuffle([right, ...others]).join(', ')}?`, right);
};

export const colourOf: Task = (speaker) => {
  const [thing, colour] = speaker.pick(COLOURS_OF);
  return ask(speaker, speaker.pick([`What colour is ${thing}?`, `Which colour does ${thing} have?`]), colour);
};

export const nextOf: Task = (speaker) => {
  const list = speaker.pick([WEEKDAYS, MONTHS, [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']]);
  const at = speaker.integer(1, list.length - 2);
  return speaker.chance(0.6) ? ask(speaker, `What comes after ${list[at]}?`, list[at + 1]) : ask(speaker, `What comes before ${list[at]}?`, list[at - 1]);
};

export const brindle: Task = (speaker) => {
  const [question, answer] = speaker.pick(BRINDLE);
  return ask(speaker, speaker.chance(0.7) ? question : question.toLowerCase(), answer);
};

export const copy: Task = (speaker) => {
  const text = someText(speaker);
  return askAbout(speaker, speaker.pick(['Repeat this.', 'Copy the text.', 'Say exactly this:', 'Write the same again.', 'Echo:']), text, text);
};

export const letterCase: Task = (speaker) => {
  const text = someWords(speaker, 3);
  const upper = speaker.chance(0.6);
  const instruction = upper ? speaker.pick(['Write in capitals:', 'Upper case:', 'In capital letters, please.', 'Make it upper case.']) : speaker.pick(['Lower case:', 'Write in small letters.', 'Make it lower case.']);
  return askAbout(speaker, instruction, upper ? text : text.toUpperCase(), upper ? text.toUpperCase() : text.toLowerCase());
};

export const reverse: Task = (speaker) => {
  const word = speaker.chance(0.5) ? speaker.say('{word}').slice(0, 5) : knownWord(speaker, 5);
  return ask(speaker, quoted(speaker, word, ['Reverse the word {x}.', 'Spell {x} backwards.', '{x} backwards?', 'Write {x} from the last letter to the first.']), [...word].reverse().join(''));
};

export const spell: Task = (speaker) => {
  const word = speaker.chance(0.5) ? speaker.say('{word}') : knownWord(speaker, 8);
  return ask(speaker, quoted(speaker, word, ['Spell {x}.', 'Spell the word {x}.', 'What are the letters of {x}?']), [...word].join('-'));
};

export const positionInList: Task = (speaker) => {
  const words = someWords(speaker, speaker.integer(3, 5)).split(' ');
  const [name, at] = speaker.pick([['first', 0], ['last', words.length - 1], ['second', 1], ['third', 2]] as const);
  return askAbout(speaker, speaker.pick([`What is the ${name} word?`, `Give the ${name} word.`, `${name} word?`]), words.join(speaker.pick([' ', ', '])), words[at]);
};

export const countWords: Task = (speaker) => {
  const count = speaker.integer(1, 7);
  const text = someWords(speaker, count);
  return askAbout(speaker, speaker.pick(['How many words are there?', 'Count the words.', 'Number of words?']), text, String(text.split(' ').length));
};

export const containsWord: Task = (speaker) => {
  const words = someWords(speaker, speaker.integer(3, 6)).split(' ');
  const yes = speaker.chance(0.5);
  const word = yes ? speaker.pick(words) : knownWord(speaker, 9);
  return askAbout(speaker, `${speaker.pick(['Is the word', 'Does the text have the word'])} "${word}"${speaker.pick([' in it', ''])}? yes or no`, words.join(' '), words.includes(word) ? 'yes' : 'no');
};

export const replaceWord: Task = (speaker) => {
  const words = someWords(speaker, speaker.integer(3, 5)).split(' ');
  const [from, to] = [speaker.pick(words), knownWord(speaker, 8)];
  return askAbout(speaker, `Replace "${from}" with "${to}".`, words.join(' '), words.map((word) => (word === from ? to : word)).join(' '));
};

export const sortWords: Task = (speaker) => {
  const words = speaker.sample(speaker.pick(Object.values(CATEGORIES)), speaker.integer(2, 3));
  return askAbout(speaker, speaker.pick(['Sort by the alphabet.', 'Put in alphabetical order.', 'Sort these words from A to Z.']), words.join(', '), [...words].sort().join(', '));
};

export const numberWord: Task = (speaker) => {
  const value = speaker.integer(0, 20);
  const [from, to] = speaker.chance(0.5) ? [String(value), NUMBER_WORDS[value]] : [NUMBER_WORDS[value], String(value)];
  return ask(speaker, speaker.pick([`Write ${from} ${from === String(value) ? 'as a word' : 'as a number'}.`, `${from} ${from === String(value) ? 'in words' : 'in digits'}?`]), to);
};

/** Some words to work on: known ones, invented ones, or the start of a message. */
function someWords(speaker: Speaker, count: number): string {
  if (speaker.chance(0.3)) {
    const words = anyMessage(speaker).text.replaceAll(/[^A-Za-z ]/g, '').split(' ').filter(Boolean);
    if (words.length >= count) return words.slice(0, count).join(' ');
  }
  return Array.from({ length: count }, () => (speaker.chance(0.25) ? speaker.say('{word}') : knownWord(speaker, 9))).join(' ');
}

function someText(speaker: Speaker): string {
  return speaker.pick([
    () => someWords(speaker, speaker.integer(1, 5)),
    () => speaker.say('({name}|{order}|{email}|{phone}|{date}|{amount}|{word})'),
    () => anyMessage(speaker).text.split('. ')[0],
  ])();
}

function knownWord(speaker: Speaker, longest: number): string {
  for (;;) {
    const word = speaker.pick(speaker.pick(Object.values(CATEGORIES)));
    if (word.length <= longest) return word;
  }
}

function quoted(speaker: Speaker, word: string, frames: readonly string[]): string {
  return speaker.pick(frames).replaceAll('{x}', speaker.chance(0.5) ? `"${word}"` : word);
}
