/** How far a download has come, how fast it is, and how long it will take. */

export interface DownloadProgress {
  /** the file that is loaded now */
  readonly file: string;
  /** bytes of all files that are on the disk */
  readonly bytes: number;
  readonly totalBytes: number;
  /** over the last seconds; undefined until there is something to measure */
  readonly bytesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

const WINDOW_MS = 10_000;
const LEAST_WINDOW_MS = 500;
/** More often than this nobody can read. */
const INTERVAL_MS = 100;

export class ProgressMeter {
  readonly #totalBytes: number;
  readonly #now: () => number;
  readonly #report: (progress: DownloadProgress) => void;
  /** oldest first */
  #samples: { readonly at: number; readonly bytes: number }[] = [];
  #before = 0;
  #reportedAt = -Infinity;

  /** @param now milliseconds */
  constructor(totalBytes: number, now: () => number, report: (progress: DownloadProgress) => void) {
    this.#totalBytes = totalBytes;
    this.#now = now;
    this.#report = report;
  }

  /** @returns what to call with the bytes of one file; files come one after the other */
  file(name: string): (bytes: number) => void {
    let latest = 0;
    const before = this.#before;
    // What is there at the start was not loaded now and says nothing about the speed.
    this.#samples = [];
    return (bytes) => {
      if (bytes < latest) this.#samples = [];
      latest = bytes;
      this.#before = before + bytes;
      this.#sample(name);
    };
  }

  #sample(file: string): void {
    const at = this.#now();
    const bytes = this.#before;
    this.#samples.push({ at, bytes });
    while ((this.#samples[1]?.at ?? Infinity) <= at - WINDOW_MS) this.#samples.shift();
    if (at - this.#reportedAt < INTERVAL_MS && bytes < this.#totalBytes) return;
    this.#reportedAt = at;
    const [first] = this.#samples;
    const elapsed = at - (first?.at ?? at);
    const bytesPerSecond = elapsed < LEAST_WINDOW_MS ? undefined : ((bytes - (first?.bytes ?? 0)) / elapsed) * 1000;
    const secondsLeft = bytesPerSecond === undefined || bytesPerSecond <= 0 ? undefined : (this.#totalBytes - bytes) / bytesPerSecond;
    this.#report({ file, bytes, totalBytes: this.#totalBytes, bytesPerSecond, secondsLeft });
  }
}
