/** Names, numbers, places and things of the starter world. */

import type { Speaker } from './phrases.ts';

const FIRST = [
  'Anna', 'Ben', 'Carla', 'David', 'Elena', 'Felix', 'Grace', 'Hugo', 'Irene', 'Jonas', 'Katrin', 'Liam', 'Maria', 'Noah', 'Olivia', 'Peter', 'Rosa', 'Samuel',
  'Tara', 'Victor', 'Wendy', 'Yusuf', 'Zoe', 'Amir', 'Bianca', 'Carlos', 'Diana', 'Emil', 'Fatima', 'George', 'Hana', 'Ivan', 'Julia', 'Kenji', 'Laura', 'Marco',
  'Nina', 'Oscar', 'Paula', 'Ravi', 'Sofia', 'Thomas', 'Uma', 'Vera', 'Walter', 'Lucy', 'Mark', 'Sarah', 'Tom', 'Alice', 'John', 'Emma', 'James', 'Priya',
];
const LAST = [
  'Adler', 'Brooks', 'Costa', 'Dunn', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ito', 'Jensen', 'Khan', 'Lopez', 'Meyer', 'Novak', 'Okafor', 'Patel', 'Quinn',
  'Rossi', 'Silva', 'Turner', 'Ueda', 'Vogel', 'Wagner', 'Young', 'Zhang', 'Baker', 'Clark', 'Green', 'Hill', 'King', 'Lee', 'Moore', 'Parker', 'Reed', 'Scott',
];
const STARTS = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'br', 'dr', 'gr', 'kl', 'st', 'tr', 'sh'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'oo'];
const ENDS = ['', '', 'n', 'r', 's', 'l', 'm', 't', 'k', 'nd', 'rt', 'sk'];

export const CITIES = [
  'Berlin', 'Paris', 'London', 'Madrid', 'Rome', 'Vienna', 'Lisbon', 'Dublin', 'Oslo', 'Prague', 'Athens', 'Zurich', 'Hamburg', 'Lyon', 'Porto', 'Milan', 'Boston',
  'Chicago', 'Denver', 'Seattle', 'Tokyo', 'Osaka', 'Seoul', 'Mumbai', 'Delhi', 'Sydney', 'Cairo', 'Lagos', 'Nairobi', 'Lima', 'Bogota', 'Toronto',
];
export const COUNTRIES = [
  'Germany', 'France', 'Spain', 'Italy', 'Austria', 'Portugal', 'Ireland', 'Norway', 'Greece', 'Poland', 'Japan', 'India', 'Canada', 'Brazil', 'Mexico', 'Egypt',
  'Kenya', 'Peru', 'Turkey', 'Sweden', 'Denmark', 'Belgium', 'Switzerland', 'Australia',
];
export const PRODUCTS = [
  'lamp', 'chair', 'table', 'kettle', 'toaster', 'headset', 'camera', 'tablet', 'printer', 'jacket', 'coat', 'shirt', 'book', 'vase', 'mirror', 'bike', 'helmet',
  'tent', 'backpack', 'watch', 'keyboard', 'mouse', 'speaker', 'blender', 'coffee machine', 'vacuum cleaner', 'desk', 'mattress', 'pillow', 'puzzle', 'guitar',
  'drill', 'sofa', 'shelf', 'phone case', 'charger', 'rucksack', 'umbrella', 'pan', 'fridge',
];
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const CURRENCIES = ['euros', 'dollars', 'pounds', 'yen', 'francs', 'pesos', 'rupees', 'kroner'];
const DEVICES = ['phone', 'laptop', 'tablet', 'computer', 'iPad', 'Mac', 'Android phone', 'iPhone', 'PC'];
const MAIL_HOSTS = ['example.com', 'example.org', 'mail.example', 'post.example', 'work.example'];

const MAKERS = {
  first: (speaker: Speaker): string => (speaker.chance(0.6) ? speaker.pick(FIRST) : inventedWord(speaker, true)),
  name: (speaker: Speaker): string =>
    `${makeValue('first', speaker)} ${speaker.chance(0.6) ? speaker.pick(LAST) : inventedWord(speaker, true)}`,
  city: (speaker: Speaker): string => (speaker.chance(0.8) ? speaker.pick(CITIES) : inventedWord(speaker, true)),
  country: (speaker: Speaker): string => speaker.pick(COUNTRIES),
  product: (speaker: Speaker): string => speaker.pick(PRODUCTS),
  weekday: (speaker: Speaker): string => speaker.pick(WEEKDAYS),
  month: (speaker: Speaker): string => speaker.pick(MONTHS),
  currency: (speaker: Speaker): string => speaker.pick(CURRENCIES),
  device: (speaker: Speaker): string => speaker.pick(DEVICES),
  days: (speaker: Speaker): string => speaker.pick(['two', 'three', 'four', 'five', 'six', 'seven', 'ten', '2', '3', '5', '8', '12']),
  number: (speaker: Speaker): string => String(speaker.integer(2, speaker.chance(0.5) ? 99 : 9999)),
  amount,
  order,
  date,
  time: (speaker: Speaker): string => (speaker.chance(0.5) ? `${speaker.integer(1, 12)} ${speaker.pick(['am', 'pm'])}` : `${speaker.integer(7, 21)}:${speaker.pick(['00', '15', '30', '45'])}`),
  email: (speaker: Speaker): string =>
    `${makeValue('first', speaker).toLowerCase()}${speaker.pick(['.', '_', ''])}${speaker.chance(0.5) ? speaker.pick(LAST).toLowerCase() : speaker.integer(1, 99)}@${speaker.pick(MAIL_HOSTS)}`,
  phone: (speaker: Speaker): string => `0${digits(speaker, 3)} ${digits(speaker, speaker.integer(4, 6))}`,
  word: (speaker: Speaker): string => inventedWord(speaker, false),
} satisfies Record<string, (speaker: Speaker) => string>;

export type ValueKind = keyof typeof MAKERS;

/** A value of a kind, different every time. */
export function makeValue(kind: ValueKind, speaker: Speaker): string {
  return MAKERS[kind](speaker);
}

/** A word that no dictionary has, so that copying it cannot be learned by heart. */
function inventedWord(speaker: Speaker, asName: boolean): string {
  const syllables = speaker.integer(1, 2);
  let word = '';
  for (let i = 0; i <= syllables; i++) word += speaker.pick(STARTS) + speaker.pick(VOWELS);
  word += speaker.pick(ENDS);
  return asName ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

function amount(speaker: Speaker): string {
  const whole = speaker.chance(0.6) ? speaker.integer(2, 99) : speaker.integer(100, 2500);
  const value = speaker.chance(0.4) ? `${whole}.${digits(speaker, 2)}` : String(whole);
  return speaker.pick([`$${value}`, `${value} euros`, `${value} dollars`, `${value} EUR`, `${value} pounds`]);
}

function order(speaker: Speaker): string {
  const letters = speaker.pick(['A', 'B', 'K', 'X', 'AB', 'QR', 'ORD', 'TX']);
  const number = digits(speaker, speaker.integer(3, 5));
  return speaker.pick([`#${number}`, `${letters}-${number}`, `${letters}${number}`, number]);
}

function date(speaker: Speaker): string {
  const day = speaker.integer(1, 28);
  const month = speaker.random.below(12);
  return speaker.pick([`${day} ${MONTHS[month]}`, `${MONTHS[month]} ${day}`, `2025-${pad(month + 1)}-${pad(day)}`, `${pad(day)}.${pad(month + 1)}.2025`]);
}

function digits(speaker: Speaker, count: number): string {
  return Array.from({ length: count }, () => String(speaker.random.below(10))).join('');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
