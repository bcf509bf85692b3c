/** Puts rows together so that little of each forward pass is padding. */

/**
 * Best-fit decreasing: every row, the longest first, goes to the fullest pack that still has room for it.
 *
 * @param lengths tokens of each row, none above `capacity`
 * @returns the rows of each pack, as indices; every row once
 * @see Ding et al. 2024, "Fewer Truncations Improve Language Modeling", section 3.2; TRL's packing strategy "bfd"
 */
export function packRows(lengths: readonly number[], capacity: number): number[][] {
  const longestFirst = lengths.map((_, row) => row).sort((a, b) => lengths[b] - lengths[a] || a - b);
  const packs: number[][] = [];
  /** the packs by the room that is left in them */
  const byRoom = Array.from({ length: capacity + 1 }, (): number[][] => []);
  for (const row of longestFirst) {
    let room = lengths[row];
    while (room < capacity && byRoom[room].length === 0) room += 1;
    let pack = byRoom[room].pop();
    if (pack === undefined) packs.push(pack = []);
    pack.push(row);
    byRoom[room - lengths[row]].push(pack);
  }
  return packs;
}
