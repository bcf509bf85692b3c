/** Draws at most half of the time: on a machine whose cores train, a page must not fall behind what it is told. */

/** Numbers on the page are never older than this, and a window that was covered for an hour does not rest for one. */
const LONGEST_REST_MS = 1000;

/** @returns asks for a drawing; many requests before it begins are one */
export function paced(draw: () => void): () => void {
  let isAsked = false;
  let rest = 0;
  const begin = (): void => {
    isAsked = false;
    const started = performance.now();
    draw();
    // Measured after the next frame, so that layout and paint count.
    requestAnimationFrame(() => window.setTimeout(() => (rest = Math.min(LONGEST_REST_MS, performance.now() - started))));
  };
  return () => {
    if (isAsked) return;
    isAsked = true;
    window.setTimeout(begin, rest);
  };
}
