/** Tasks about customers' messages: topic, field, urgency, mood, values, replies. */

import type { ChatMessage } from '../../../src/engine/text/chat.ts';
import type { Intent } from './intent.ts';
import { anyMessage, anyTopic, FIELDS, valueSentence, writeMessage, type Message } from './message.ts';
import { anyOf, capitalize, orList, type Speaker } from './phrases.ts';
import { ask, askAbout, type Task } from './taskFrame.ts';
import type { ValueKind } from './values.ts';

/** The topic out of a list of options, the wrong ones mostly of the same field. */
export const topicAmongOptions: Task = (speaker) => {
  const message = anyMessage(speaker);
  const right = label(speaker, message.intent);
  const options = speaker.random.shuffle([right, ...otherTopics(speaker, message, speaker.integer(1, 7)).map((intent) => label(speaker, intent))]);
  return amongOptions(speaker, message.text, options, right, 'topic|subject|category|class|kind|label');
};

/** The topic in the words of the world, without options. */
export const topicInWords: Task = (speaker) => {
  const message = anyMessage(speaker);
  const instruction = speaker.say(
    '(What is (this message|the message|this) about?|(Name|Give|Say|Write) the topic (of the message|).|Topic?|Sum (it|this|the message) up in a few words.|In a few words, what does the customer (want|write about)?|What does the customer need?|Short summary.|Summarize.|Which topic is it?)',
  );
  return askAbout(speaker, instruction, message.text, message.intent.name);
};

/** The same question over several messages in one conversation. */
export const topicsInTurn: Task = (speaker) => {
  const turns: ChatMessage[] = [{ role: 'system', content: speaker.pick(['Name the topic of each message.', 'Answer with the topic of the message.', 'You sort messages by topic.', 'Give the topic.']) }];
  for (let i = speaker.integer(2, 3); i > 0; i--) {
    const message = anyMessage(speaker);
    turns.push({ role: 'user', content: message.text }, { role: 'assistant', content: message.intent.name });
  }
  return turns;
};

/** Codes for topics that are explained in the question. */
export const topicByCode: Task = (speaker) => {
  const message = anyMessage(speaker);
  const intents = speaker.random.shuffle([message.intent, ...otherTopics(speaker, message, speaker.integer(1, 3))]);
  const codes = speaker.pick([
    ['A', 'B', 'C', 'D'], ['1', '2', '3', '4'], speaker.sample(['red', 'blue', 'green', 'black', 'white'], 4), speaker.sample(['north', 'south', 'east', 'west'], 4),
    [speaker.say('{word}'), speaker.say('{word}'), speaker.say('{word}'), speaker.say('{word}')],
  ]);
  const key = intents.map((intent, i) => `${codes[i]}${speaker.pick([':', ' =', ')'])} ${label(speaker, intent)}`);
  const instruction = `${speaker.pick(['Answer with the code.', 'Which one fits?', 'Choose.', 'Pick the right one.', 'Sort the message.'])} ${key.join(speaker.pick([', ', '; ', '\n']))}`;
  return askAbout(speaker, instruction, message.text, codes[intents.indexOf(message.intent)]);
};

export const fieldOfMessage: Task = (speaker) => {
  const message = anyMessage(speaker);
  const name = (field: (typeof FIELDS)[number]): string => (speaker.chance(0.6) ? field.name : speaker.pick(field.also));
  const right = name(message.field);
  const others = speaker.sample(FIELDS.filter((field) => field !== message.field), speaker.integer(1, 5)).map(name);
  return amongOptions(speaker, message.text, speaker.random.shuffle([right, ...others]), right, 'field|area|business|sector|department');
};

/** "Is it about this?", right in half of the cases, near misses among the others. */
export const isItAbout: Task = (speaker) => {
  const message = anyMessage(speaker);
  const yes = speaker.chance(0.5);
  const intent = yes ? message.intent : otherTopics(speaker, message, 1)[0];
  const instruction = speaker.say('(Is (this|the message|it) about|Does (this|the customer) (talk|write) about|Is the topic) ') + ` ${label(speaker, intent)}? ${speaker.pick(['Yes or no?', 'Answer yes or no.', ''])}`.trimEnd();
  return askAbout(speaker, instruction, message.text, yes ? 'yes' : 'no');
};

/** Which of two or three messages is about a topic. */
export const whichMessage: Task = (speaker) => {
  const first = anyMessage(speaker);
  const others = otherTopics(speaker, first, speaker.integer(1, 2)).map((intent) => writeMessage(speaker, fieldWith(intent), intent));
  const all = speaker.random.shuffle([first, ...others]);
  const lines = all.map(({ text }, i) => `${i + 1}. ${text}`).join('\n');
  return ask(speaker, `${speaker.pick(['Which message is about', 'Which one is about', 'Give the number of the message about'])} ${label(speaker, first.intent)}?\n${lines}`, String(all.indexOf(first) + 1));
};

export const urgency: Task = (speaker) => {
  const { text, intent } = anyMessage(speaker);
  const [instruction, yes, no] = speaker.pick([
    ['Is this urgent? Answer yes or no.', 'yes', 'no'], ['Priority: high or normal?', 'high', 'normal'], ['How urgent is it: urgent or not urgent?', 'urgent', 'not urgent'],
    ['Does this need help at once? yes or no', 'yes', 'no'], ['Give the priority (high, normal).', 'high', 'normal'],
  ] as const);
  return askAbout(speaker, instruction, text, intent.urgent ? yes : no);
};

export const moodOfCustomer: Task = (speaker) => {
  let message = anyMessage(speaker);
  // Two of three messages are neutral: half of those are drawn again, so that the moods are seen about equally.
  for (let i = 0; i < 3 && message.mood === 'neutral' && speaker.chance(0.7); i++) message = anyMessage(speaker);
  const [instruction, angry, happy, neutral] = speaker.pick([
    ['Is the customer angry, happy or neutral?', 'angry', 'happy', 'neutral'], ['Sentiment: positive, negative or neutral?', 'negative', 'positive', 'neutral'],
    ['What is the mood of the message (angry, happy, neutral)?', 'angry', 'happy', 'neutral'], ['Classify the sentiment as negative, neutral or positive.', 'negative', 'positive', 'neutral'],
  ] as const);
  return askAbout(speaker, instruction, message.text, { angry, happy, neutral }[message.mood]);
};

const OPINIONS: readonly (readonly [pattern: string, mood: string])[] = [
  ['(I (love|like|enjoy) (this|my|the) {product}.|The {product} is (great|wonderful|excellent|perfect|beautiful|very good).|Best {product} (ever|I have had)!|(Works|Looks) (great|perfectly|very well).|Fast delivery and (friendly|good) service.|I would buy it again.)', 'positive'],
  ['(I (hate|do not like|regret buying) (this|my|the) {product}.|The {product} is (bad|terrible|awful|useless|ugly|too weak).|Worst {product} (ever|I have had)!|(Broke|Stopped working) after {days} days.|Waste of money.|I would never buy it again.|Cheap and badly made.)', 'negative'],
];

export const opinion: Task = (speaker) => {
  const [pattern, mood] = speaker.pick(OPINIONS);
  const text = speaker.say(speaker.chance(0.3) ? `${pattern} ${pattern}` : pattern);
  const [instruction, answer] = speaker.pick([
    ['Is this review positive or negative?', mood], ['Sentiment?', mood], ['Positive or negative?', mood], ['Does the person like it? Answer yes or no.', mood === 'positive' ? 'yes' : 'no'],
    ['Good or bad?', mood === 'positive' ? 'good' : 'bad'], ['Classify the review: positive or negative.', mood],
  ] as const);
  return askAbout(speaker, instruction, text, answer);
};

const ASKED: readonly (readonly [ValueKind, string])[] = [
  ['order', 'order number|number of the order|order id|reference'], ['email', 'e-mail address|e-mail|mail address'], ['name', 'name|name of the customer|full name'], ['date', 'date'], ['phone', 'phone number'],
  ['amount', 'amount|price|sum of money'], ['city', 'city|place'], ['product', 'product|item'], ['weekday', 'day|day of the week'], ['time', 'time'],
];

/** Finds a value that a message gives away; "none" when it does not. */
export const extractValue: Task = (speaker) => {
  const { text, values } = messageWithValues(speaker);
  const [kind, words] = speaker.chance(0.9) ? speaker.pick(ASKED.filter(([name]) => values.has(name))) : speaker.pick(ASKED.filter(([name]) => !values.has(name) && name !== 'product' && name !== 'city'));
  const what = speaker.say(anyOf(words));
  const instruction = speaker.say(`((What|Which) is the ${what}?|(Find|Give|Extract|Copy|Tell me) the ${what}.|${capitalize(what)}?|Only the ${what}, please.)`);
  return askAbout(speaker, instruction, text, values.get(kind) ?? 'none');
};

/** The same values as a small JSON object. */
export const extractJson: Task = (speaker) => {
  const { text, values } = messageWithValues(speaker);
  const keys = speaker.sample([...values.keys()], speaker.integer(1, Math.min(3, values.size)));
  const answer = JSON.stringify(Object.fromEntries(keys.map((key) => [key, values.get(key)!]))).replaceAll('":"', '": "').replaceAll('","', '", "');
  const instruction = `${speaker.pick(['Give JSON with', 'Extract as JSON:', 'Fill JSON with', 'Return JSON, keys'])} ${keys.join(', ')}.`;
  return askAbout(speaker, instruction, text, answer);
};

/** Topic and urgency as JSON. */
export const topicJson: Task = (speaker) => {
  const { text, intent, field } = anyMessage(speaker);
  const full = { topic: intent.name, area: field.name, urgent: intent.urgent };
  const keys = speaker.sample(['topic', 'area', 'urgent'] as const, speaker.integer(1, 3));
  const answer = `{${keys.map((key) => `"${key}": ${JSON.stringify(full[key])}`).join(', ')}}`;
  return askAbout(speaker, `${speaker.pick(['Answer in JSON with', 'JSON with', 'Describe the message as JSON:'])} ${keys.join(', ')}.`, text, answer);
};

export const reply: Task = (speaker) => {
  const { text, intent } = anyMessage(speaker);
  const instruction = speaker.pick(['Write a short reply.', 'Answer the customer.', 'Reply to this message.', 'What do you answer?', 'Reply in one or two sentences.']);
  if (speaker.chance(0.4)) {
    return [{ role: 'system', content: speaker.pick(['You are a support assistant.', 'You help customers.', 'You answer customers.']) }, { role: 'user', content: text }, { role: 'assistant', content: speaker.say(intent.reply) }];
  }
  return askAbout(speaker, instruction, text, speaker.say(intent.reply));
};

/** A rude request said politely. */
export const polite: Task = (speaker) => {
  const { intent } = anyTopic(speaker);
  const want = speaker.say(anyOf(intent.wants)).replace(/^know/, 'find out');
  const rude = speaker.say('(I want to @(!|.| now!)|Let me @(!|, now!)|I (must|need to) @ right now(!|.))').replace('@', want);
  return askAbout(speaker, speaker.pick(['Make this polite.', 'Rewrite it politely.', 'Say this in a friendly way.', 'Write it more politely.']), rude, `Could you please help me to ${want}? Thank you.`);
};

/** Writes what a customer could say about a topic. */
export const writeOne: Task = (speaker) => {
  const { intent } = anyTopic(speaker);
  const sentence = capitalize(speaker.say(speaker.pick(intent.says)));
  return ask(speaker, `${speaker.pick(['Write a customer message about', 'Write a sentence about', 'Example of a message about', 'Write what a customer says about'])} ${label(speaker, intent)}.`, sentence);
};

function amongOptions(speaker: Speaker, text: string, options: readonly string[], right: string, nouns: string): ChatMessage[] {
  const noun = speaker.say(anyOf(nouns));
  const listed = speaker.pick([orList(options), options.join(', '), options.join(' / '), options.map((option) => `- ${option}`).join('\n'), options.join('\n')]);
  const instruction = speaker.pick([
    `Which ${noun} fits: ${listed}?`, `Choose the ${noun}: ${listed}`, `What is the ${noun}? Options: ${listed}`, `Classify the message. ${capitalize(noun)}: ${listed}`, `Pick one ${noun}.\n${listed}`,
    `Is it ${orList(options)}?`, `Answer with one of these: ${listed}`, `Sort the message into one ${noun}: ${listed}. Answer with the ${noun} only.`,
  ]);
  return askAbout(speaker, instruction, text, right);
}

function messageWithValues(speaker: Speaker): { text: string; values: ReadonlyMap<ValueKind, string> } {
  const { intent } = anyTopic(speaker);
  const kinds = speaker.sample(ASKED.map(([kind]) => kind), speaker.integer(1, 3));
  // The opening sentence has no values of its own, so that there is one right answer.
  const plain = intent.says.filter((pattern) => !pattern.includes('{'));
  const sentences = speaker.chance(0.75) && plain.length > 0 ? [capitalize(speaker.speak(speaker.pick(plain), speaker.chance(0.2) ? 1 : 0).text)] : [];
  const values = new Map<ValueKind, string>();
  for (const kind of kinds) {
    const said = valueSentence(speaker, kind);
    values.set(kind, said.values.get(kind)!);
    sentences.splice(speaker.random.below(sentences.length + 1), 0, said.text);
  }
  return { text: sentences.join(' '), values };
}

function otherTopics(speaker: Speaker, { field, intent }: Message, count: number): Intent[] {
  const near = field.intents.filter((other) => other !== intent);
  const far = FIELDS.filter((other) => other !== field).flatMap(({ intents }) => intents);
  const nearCount = Math.min(near.length, speaker.chance(0.3) ? 0 : count);
  return [...speaker.sample(near, nearCount), ...speaker.sample(far, count - nearCount)];
}

function fieldWith(intent: Intent): (typeof FIELDS)[number] {
  return FIELDS.find(({ intents }) => intents.includes(intent))!;
}

function label(speaker: Speaker, intent: Intent): string {
  return speaker.chance(0.6) ? intent.name : speaker.pick(intent.also);
}
