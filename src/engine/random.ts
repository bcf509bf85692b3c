/** Seeded random numbers whose state can be written down and taken up again. */

/** Four unsigned 32-bit words: all there is to know about a generator between two calls. */
export type RandomState = readonly [number, number, number, number];

/**
 * The sfc32 generator (period about 2^128, passes PractRand), seeded through splitmix32.
 *
 * @see Chris Doty-Humphrey, PractRand, "sfc32"
 */
export class RandomGenerator {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /**
   * @param seed any integer, or the state of another generator; equal seeds give equal numbers on every platform
   * @param stream tells apart the generators that one seed serves
   */
  constructor(seed: number | RandomState, stream = 0) {
    if (typeof seed !== 'number') {
      [this.a, this.b, this.c, this.counter] = seed;
      return;
    }
    let word = seed >>> 0;
    const split = (): number => {
      word = (word + 0x9e3779b9) >>> 0;
      let z = word;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    // The high half keeps seeds beyond 2^32 apart.
    this.a = split();
    this.b = (split() ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
    this.c = (split() ^ stream) >>> 0;
    this.counter = 1;
    for (let i = 0; i < 12; i++) this.nextWord();
  }

  get state(): RandomState {
    return [this.a, this.b, this.c, this.counter];
  }

  /** Uniform over the unsigned 32-bit integers. */
  nextWord(): number {
    const sum = (this.a + this.b + this.counter) >>> 0;
    this.counter = (this.counter + 1) >>> 0;
    this.a = (this.b ^ (this.b >>> 9)) >>> 0;
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** Uniform in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.nextWord() >>> 5;
    const low = this.nextWord() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** Uniform over 0 .. limit-1. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** Standard normal (Box-Muller, one of the pair; the other is dropped so that the state stays four words). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher-Yates shuffle in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }
}
