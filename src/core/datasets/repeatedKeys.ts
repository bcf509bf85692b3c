/** Finds a name that stands twice in one JSON object: JSON.parse keeps the last value and says nothing. */

const STRING = /"(?:[^"\\]|\\.)*"/sy;
const QUOTE = 0x22;
const SPACE = 0x20;

/**
 * Costs a fraction of parsing the text where nothing is repeated, since names are only counted then.
 *
 * @param text that JSON.parse takes
 * @param value what JSON.parse made of it
 * @returns the first name that stands again in its object
 */
export function findRepeatedKey(text: string, value: unknown): string | undefined {
  return countNames(text) === countKeys(value) ? undefined : searchRepeatedKey(text);
}

/** Quotes before a colon: the ends of names, and what looks so inside of texts. */
function countNames(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let at = colon - 1;
    while (text.charCodeAt(at) <= SPACE) at--;
    if (text.charCodeAt(at) === QUOTE) count++;
  }
  return count;
}

function countKeys(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const item = open.pop();
    if (typeof item !== 'object' || item === null) continue;
    if (Array.isArray(item)) {
      for (const one of item as readonly unknown[]) if (typeof one === 'object') open.push(one);
      continue;
    }
    for (const key in item) {
      count++;
      const one = (item as Readonly<Record<string, unknown>>)[key];
      if (typeof one === 'object') open.push(one);
    }
  }
  return count;
}

function searchRepeatedKey(text: string): string | undefined {
  /** the names of each open object; undefined for a list */
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        isName = true;
        break;
      case '[':
        open.push(undefined);
        isName = false;
        break;
      case '}':
      case ']':
        open.pop();
        isName = false;
        break;
      case ',':
        isName = open.at(-1) !== undefined;
        break;
      case '"': {
        STRING.lastIndex = at;
        const string = STRING.exec(text)?.[0] ?? '""';
        at += string.length - 1;
        if (!isName) break;
        const name = JSON.parse(string) as string;
        const names = open.at(-1);
        if (names?.has(name)) return name;
        names?.add(name);
        isName = false;
        break;
      }
    }
  }
  return undefined;
}
