/** Decides which part each group of rows goes to: by lot within a label, or by time. */

import { RandomGenerator } from '../../../engine/random.ts';
import { fingerprint } from '../fingerprint.ts';

/** Rows that must stay together, as one. */
export interface Groups {
  /** rows of each */
  readonly sizes: ArrayLike<number>;
  /** of each, an index into `names` */
  readonly strata: ArrayLike<number>;
  /** of the strata; [''] where rows are drawn from as a whole */
  readonly names: readonly string[];
  /** the part a group belongs to already, −1 for none; without it, none belongs to any */
  readonly fixed?: ArrayLike<number>;
}

/** Which part is which: the first is trained on, the others are held out. */
export const TRAIN = 0;

/**
 * Draws whole groups by lot. Each stratum gives its share; what a stratum is too small for is owed by the next, so that
 * the sum comes out as asked. A stratum of one group stays in training, and every part gets a group if there are enough.
 *
 * @param shares of the rows, one a part, the first of training; they add up to 1
 * @returns the part of each group
 */
export function assignByLot(groups: Groups, shares: readonly number[], seed: number): Uint8Array {
  const { sizes, names } = groups;
  const parts = new Uint8Array(sizes.length);
  const strata = freeGroups(groups, parts);
  const total = strata.reduce((sum, { rows }) => sum + rows, 0);
  // Rows owed from strata that were too small for a whole one.
  const owed = shares.map(() => 0);
  for (const stratum of sortedByName(names)) {
    const { free, rows, kept } = strata[stratum] ?? { free: [], rows: 0, kept: [] };
    const order = new RandomGenerator(seed + fingerprint(names[stratum] ?? '')).shuffle([...free]);
    // What a label has too little of is learnt, not asked.
    let next = (kept[TRAIN] ?? 0) > 0 ? 0 : 1;
    for (let part = TRAIN + 1; part < shares.length; part++) {
      owed[part] = (owed[part] ?? 0) + (shares[part] ?? 0) * rows - (kept[part] ?? 0);
      for (; next < order.length; next++) {
        const group = order[next] ?? 0;
        const size = sizes[group] ?? 0;
        // Too large for this part whatever else is in it.
        if (size / 2 > (shares[part] ?? 0) * total) continue;
        if ((owed[part] ?? 0) < size / 2) break;
        parts[group] = part;
        owed[part] = (owed[part] ?? 0) - size;
      }
    }
  }
  for (let part = TRAIN + 1; part < shares.length; part++) {
    if ((shares[part] ?? 0) > 0 && !parts.includes(part)) fillPart(part, groups, parts, strata, sortedByName(names), seed);
  }
  return parts;
}

interface Stratum {
  /** groups that may go anywhere, in their order */
  readonly free: number[];
  rows: number;
  /** rows that each part has already */
  readonly kept: number[];
}

function freeGroups({ sizes, strata, fixed }: Groups, parts: Uint8Array): Stratum[] {
  const found: Stratum[] = [];
  for (let group = 0; group < sizes.length; group++) {
    const stratum = (found[strata[group] ?? 0] ??= { free: [], rows: 0, kept: [] });
    const size = sizes[group] ?? 0;
    const part = fixed?.[group] ?? -1;
    stratum.rows += size;
    if (part < 0) stratum.free.push(group);
    else {
      parts[group] = part;
      stratum.kept[part] = (stratum.kept[part] ?? 0) + size;
    }
  }
  return found;
}

function sortedByName(names: readonly string[]): number[] {
  return [...names.keys()].sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
}

/**
 * Moves one of the smallest groups of training into a part that has none, from a stratum with others if there is one; where
 * training has one group only, a group of another part.
 */
function fillPart(part: number, { sizes }: Groups, parts: Uint8Array, strata: readonly (Stratum | undefined)[], order: readonly number[], seed: number): void {
  const lists = order.map((stratum) => (strata[stratum]?.free ?? []).filter((group) => parts[group] === TRAIN));
  const spared = lists.filter((list) => list.length > 1).flat();
  const trained = spared.length > 0 ? spared : lists.flat();
  const all = trained.length > 1 ? trained : order.flatMap((stratum) => strata[stratum]?.free ?? []).filter((group) => parts[group] !== TRAIN && isShared(parts, parts[group] ?? TRAIN));
  if (all.length === 0) return;
  const smallest = all.reduce((least, group) => Math.min(least, sizes[group] ?? 0), Infinity);
  const groups = all.filter((group) => sizes[group] === smallest);
  parts[groups[new RandomGenerator(seed).below(groups.length)] ?? 0] = part;
}

/** Whether a part has two groups or more. */
function isShared(parts: Uint8Array, part: number): boolean {
  return parts.indexOf(part) !== parts.lastIndexOf(part);
}

/**
 * Moves groups out of training for as long as a part lacks rows and one fits: where groups are large, drawing within each
 * label alone leaves parts short. The last group of a label in training stays there.
 */
export function topUp({ sizes, strata, fixed }: Groups, parts: Uint8Array, shares: readonly number[], seed: number): void {
  let total = 0;
  for (let group = 0; group < sizes.length; group++) total += sizes[group] ?? 0;
  const owed = shares.map((share) => share * total);
  const trained = new Map<number, number>();
  for (let group = 0; group < sizes.length; group++) {
    const part = parts[group] ?? TRAIN;
    owed[part] = (owed[part] ?? 0) - (sizes[group] ?? 0);
    if (part === TRAIN) trained.set(strata[group] ?? 0, (trained.get(strata[group] ?? 0) ?? 0) + 1);
  }
  // The usual case, in which there is nothing to look for.
  if (owed.every((rows, part) => part === TRAIN || rows < 0.5)) return;
  const order = new RandomGenerator(seed).shuffle([...parts.keys()].filter((group) => parts[group] === TRAIN && (fixed?.[group] ?? -1) < 0));
  for (const group of order) {
    const size = sizes[group] ?? 0;
    const part = owed.findIndex((rows, at) => at !== TRAIN && rows >= size / 2);
    const left = trained.get(strata[group] ?? 0) ?? 0;
    if (part < 0 || left < 2) continue;
    parts[group] = part;
    owed[part] = (owed[part] ?? 0) - size;
    trained.set(strata[group] ?? 0, left - 1);
  }
}

/**
 * The oldest groups are trained on, the newest are asked last. Every part gets a group if there are enough.
 *
 * @param times of the newest row of each group; −Infinity where unknown, which is trained on
 * @param fixed as of `Groups`: what is new then goes to the part in whose time it falls
 * @returns the part of each group
 */
export function assignByTime(sizes: ArrayLike<number>, times: ArrayLike<number>, shares: readonly number[], fixed?: ArrayLike<number>): Uint8Array {
  if (fixed && Array.from(fixed).some((part) => part >= 0)) return amongTimes(times, shares, fixed);
  const order = Uint32Array.from({ length: sizes.length }, (_, group) => group).sort((a, b) => compare(times[a] ?? 0, times[b] ?? 0) || a - b);
  const total = order.reduce((rows, group) => rows + (sizes[group] ?? 0), 0);
  const wanted = shares.map((share, part) => ({ part, share })).filter(({ share }) => share > 0);
  const parts = new Uint8Array(sizes.length);
  let at = 0;
  let rows = 0;
  let until = 0;
  wanted.forEach(({ part, share }, index) => {
    until += share;
    const left = wanted.length - 1 - index;
    const start = at;
    while (at < order.length) {
      const group = order[at] ?? 0;
      const size = sizes[group] ?? 0;
      // The later parts get one each, if there are as many.
      if (at > start && order.length - at <= left) break;
      if (at > start && left > 0 && rows + size / 2 > until * total) break;
      parts[group] = part;
      rows += size;
      at++;
    }
  });
  return parts;
}

function amongTimes(times: ArrayLike<number>, shares: readonly number[], fixed: ArrayLike<number>): Uint8Array {
  const newest = shares.map(() => -Infinity);
  for (let group = 0; group < fixed.length; group++) {
    const part = fixed[group] ?? -1;
    if (part >= 0) newest[part] = Math.max(newest[part] ?? -Infinity, times[group] ?? -Infinity);
  }
  const last = shares.findLastIndex((share) => share > 0);
  return Uint8Array.from({ length: fixed.length }, (_, group) => {
    const part = fixed[group] ?? -1;
    if (part >= 0) return part;
    const falls = shares.findIndex((share, index) => share > 0 && (times[group] ?? -Infinity) <= (newest[index] ?? -Infinity));
    return falls < 0 ? ((times[group] ?? -Infinity) === -Infinity ? TRAIN : last) : falls;
  });
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
