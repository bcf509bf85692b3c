/** Maps where a scroll bar stands to rows, for more rows than a browser can make an element tall. Pure. */

/** Chromium and Firefox cut elements at some 16 to 33 million pixels; beyond half of that, places are inexact. */
export const TALLEST = 8_000_000;

export interface ScrollSize {
  /** rows in all */
  readonly count: number;
  /** of one row, in pixels */
  readonly rowHeight: number;
  /** of the window on the rows, in pixels */
  readonly height: number;
}

export interface RowRange {
  /** first row in view, counted from 0 */
  readonly first: number;
  /** one after the last row in view */
  readonly end: number;
}

/** Height of the element that makes the scroll bar. */
export function scrollHeight({ count, rowHeight }: ScrollSize): number {
  return Math.min(TALLEST, count * rowHeight);
}

/** Whether a pixel of the scroll bar is a pixel of the rows. */
export function isExact({ count, rowHeight }: ScrollSize): boolean {
  return count * rowHeight <= TALLEST;
}

/** The farthest that the rows can be moved up, in pixels of rows. */
export function farthestTop({ count, rowHeight, height }: ScrollSize): number {
  return Math.max(0, count * rowHeight - height);
}

/** @returns pixels of rows above the window, for where the scroll bar stands */
export function topAt(scrollTop: number, size: ScrollSize): number {
  const far = scrollHeight(size) - size.height;
  if (far <= 0) return 0;
  return Math.min(1, Math.max(0, scrollTop / far)) * farthestTop(size);
}

/** The reverse of `topAt`. */
export function scrollTopAt(top: number, size: ScrollSize): number {
  const far = farthestTop(size);
  if (far === 0) return 0;
  return (clampTop(top, size) / far) * (scrollHeight(size) - size.height);
}

export function clampTop(top: number, size: ScrollSize): number {
  return Math.min(farthestTop(size), Math.max(0, top));
}

export function rowsInView(top: number, { count, rowHeight, height }: ScrollSize): RowRange {
  return { first: Math.min(count, Math.floor(top / rowHeight)), end: Math.min(count, Math.ceil((top + height) / rowHeight)) };
}

/** The least movement that brings a row into view as a whole. */
export function topToShow(row: number, top: number, size: ScrollSize): number {
  const above = row * size.rowHeight;
  if (above < top) return clampTop(above, size);
  const below = above + size.rowHeight - size.height;
  return clampTop(below > top ? below : top, size);
}

/** Where a key leads from a row; undefined for keys that lead nowhere. */
export function rowAfterKey(key: string, row: number, { count, rowHeight, height }: ScrollSize): number | undefined {
  const screen = Math.max(1, Math.floor(height / rowHeight) - 1);
  const moves: Readonly<Record<string, number>> = { ArrowUp: row - 1, ArrowDown: row + 1, PageUp: row - screen, PageDown: row + screen, Home: 0, End: count - 1 };
  const next = moves[key];
  return next === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, next));
}
