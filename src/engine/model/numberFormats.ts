/** Converts between float32 and the two 16-bit floats that model files hold: IEEE half and bfloat16. */

const HALF_TO_FLOAT = halfTable();

/** Fills `to` with the values of IEEE 754 binary16 bit patterns; the same length. */
export function halfToFloat(from: Uint16Array, to: Float32Array | Float64Array): void {
  for (let i = 0; i < from.length; i++) to[i] = HALF_TO_FLOAT[from[i]]!;
}

/**
 * Fills `to` with binary16 bit patterns, rounded to nearest even.
 *
 * @returns how many finite values became infinite, because they are beyond 65,504
 */
export function floatToHalf(from: Float32Array, to: Uint16Array): number {
  const bits = new Uint32Array(from.buffer, from.byteOffset, from.length);
  let overflowed = 0;
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i];
    const sign = (x >>> 16) & 0x8000;
    const magnitude = x & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      to[i] = sign | 0x7c00 | (magnitude > 0x7f800000 ? 0x0200 : 0);
    } else if (magnitude >= 0x477ff000) {
      to[i] = sign | 0x7c00;
      overflowed++;
    } else if (magnitude >= 0x38800000) {
      const rebased = magnitude - 0x38000000;
      to[i] = sign | ((rebased + 0x0fff + ((rebased >>> 13) & 1)) >>> 13);
    } else {
      // Subnormal halves are multiples of 2^-24.
      to[i] = sign | roundHalfEven(Math.abs(from[i]) * 2 ** 24);
    }
  }
  return overflowed;
}

/** Fills `to` with the float32 values of bfloat16 bit patterns; the same length. */
export function bfloatToFloat(from: Uint16Array, to: Float32Array): void {
  const bits = new Uint32Array(to.buffer, to.byteOffset, to.length);
  for (let i = 0; i < from.length; i++) bits[i] = from[i] << 16;
}

/** Fills `to` with bfloat16 bit patterns, rounded to nearest even. */
export function floatToBfloat(from: Float32Array, to: Uint16Array): void {
  const bits = new Uint32Array(from.buffer, from.byteOffset, from.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i];
    const isNan = (x & 0x7fffffff) > 0x7f800000;
    to[i] = isNan ? (x >>> 16) | 0x0040 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function halfTable(): Float32Array {
  const table = new Float32Array(0x10000);
  for (let bits = 0; bits < table.length; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) table[bits] = fraction ? NaN : sign * Infinity;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}
