/** Finds which sketches share a band, in memory that does not grow with their number. */

import { BANDS, type SketchStore } from './sketchStore.ts';

/** What is done with entries that share a band. */
export interface Meeting {
  /** whether later entries are compared with this one */
  joins(entry: number): boolean;
  /** @returns whether the earlier entry stands for this one, so that nothing more is to be compared in this band */
  meet(entry: number, earlier: number): boolean;
}

/** Different ones of the same key that a later one is compared with. */
const CHAIN = 8;

const SLOTS = 2 ** 19;

/**
 * Compares entries with those before them band by band, a pause after each. Where there are more keys than the table
 * takes, a band is gone through several times, each time for a part of the keys.
 *
 * @param slots of the table: a power of two, 8 bytes each
 */
export function* compareAlike(store: SketchStore, meeting: Meeting, slots = SLOTS): Generator<void> {
  const size = tableSize(store.size, slots);
  const keys = new Uint32Array(size);
  /** the newest entry of the key, plus one; 0 where there is none */
  const newest = new Uint32Array(size);
  /** to the entry before of the same key, plus one */
  const older = new Uint32Array(store.size);
  const mask = size - 1;
  const parts = Math.ceil((2 * store.size) / size);
  for (let band = 0; band < BANDS; band++) {
    for (let part = 0; part < parts; part++) {
      newest.fill(0);
      store.forEachKey(band, (key, entry) => {
        // By the high bits, since the low ones choose the slot.
        if (parts > 1 && Math.floor((key / 2 ** 32) * parts) !== part) return;
        let slot = key & mask;
        while (newest[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
        let links = 0;
        for (let link = newest[slot] ?? 0; link !== 0; link = older[link - 1] ?? 0) {
          if (meeting.meet(entry, link - 1)) return;
          links++;
        }
        if (links === CHAIN || !meeting.joins(entry)) return;
        keys[slot] = key;
        older[entry] = newest[slot] ?? 0;
        newest[slot] = entry + 1;
      });
    }
    yield;
  }
}

function tableSize(entries: number, most: number): number {
  let size = 2;
  while (size < 2 * entries && size < most) size *= 2;
  return size;
}
