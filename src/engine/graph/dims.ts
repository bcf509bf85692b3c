/** Symbolic dimensions: polynomials over symbols such as 'B' and 'T', kept in one canonical spelling. */

/** A number, or a sum of products such as `B`, `2*B*T` or `P+T`; equal dimensions are equal strings. */
export type Dim = number | string;

export type Shape = readonly Dim[];

/** What each symbol stands for in one run. */
export type Bindings = ReadonlyMap<string, number>;

/** Coefficient by product of symbols; the empty product is the constant term. */
type Polynomial = ReadonlyMap<string, number>;

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map(dim === 0 ? [] : [['', dim]]);
  const terms = new Map<string, number>();
  for (const term of dim.split('+')) {
    let coefficient = 1;
    const symbols: string[] = [];
    for (const factor of term.split('*')) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else if (/^[A-Za-z]\w*$/.test(factor)) symbols.push(factor);
      else throw new Error(`"${dim}" is not a dimension`);
    }
    const key = symbols.sort().join('*');
    terms.set(key, (terms.get(key) ?? 0) + coefficient);
  }
  return terms;
}

function format(terms: Polynomial): Dim {
  const constant = terms.get('') ?? 0;
  const parts = [...terms].filter(([key, value]) => key !== '' && value !== 0)
    .map(([key, value]) => (value === 1 ? key : `${value}*${key}`)).sort();
  if (parts.length === 0) return constant;
  return constant === 0 ? parts.join('+') : `${parts.join('+')}+${constant}`;
}

export function addDims(a: Dim, b: Dim): Dim {
  const sum = new Map(parse(a));
  for (const [key, value] of parse(b)) sum.set(key, (sum.get(key) ?? 0) + value);
  return format(sum);
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  const product = new Map<string, number>();
  for (const [left, leftValue] of parse(a)) {
    for (const [right, rightValue] of parse(b)) {
      const key = [...left.split('*'), ...right.split('*')].filter((symbol) => symbol !== '').sort().join('*');
      product.set(key, (product.get(key) ?? 0) + leftValue * rightValue);
    }
  }
  return format(product);
}

/** The number of elements of a tensor of this shape. */
export function elements(shape: Shape): Dim {
  return shape.reduce<Dim>(multiplyDims, 1);
}

/** @throws Error when a symbol is not bound */
export function evaluateDim(dim: Dim, bindings: Bindings): number {
  if (typeof dim === 'number') return dim;
  let sum = 0;
  for (const [key, coefficient] of parse(dim)) {
    let product = coefficient;
    for (const symbol of key.split('*')) {
      if (symbol === '') continue;
      const value = bindings.get(symbol);
      if (value === undefined) throw new Error(`the dimension ${symbol} of ${dim} is not known`);
      product *= value;
    }
    sum += product;
  }
  return sum;
}

/** A single symbol, as opposed to a number or an expression. */
export function isSymbol(dim: Dim): dim is string {
  return typeof dim === 'string' && /^[A-Za-z]\w*$/.test(dim);
}

/** Rejects what no tensor can have, because the runtime aborts the whole process on a malformed shape. */
export function checkShape(shape: Shape, what: string): void {
  for (const dim of shape) {
    if (typeof dim === 'string' ? format(parse(dim)) !== dim : !Number.isSafeInteger(dim) || dim < 1) {
      throw new Error(`${what}: [${shape.join(', ')}] is not a shape`);
    }
  }
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** NumPy broadcasting. @throws Error when the shapes do not fit */
export function broadcastShapes(a: Shape, b: Shape, what: string): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`${what}: [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  });
}
