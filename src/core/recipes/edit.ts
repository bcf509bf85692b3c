/** Changes one field in the text of a recipe and leaves every other byte, comments above all, as it is. */

import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq, parseDocument, stringify, visit, type Document, type Node, type Pair, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { UserError } from '../errors.ts';
import { equals, nest, valueAt, withValue, type FieldPath } from './fieldPath.ts';

/** Replaces the characters from `from` to `to`, not included, of a text. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The smallest change after which a recipe says `value` at `path`; groups on the way are made.
 *
 * @param value undefined removes the field; a list's length as last index of the path appends
 * @returns at most one edit; none when it says so already
 * @throws UserError "recipe.edit.not-yaml" when the text has faults; "recipe.edit.shared" where the value is shared by an anchor;
 *   "recipe.edit.as-text" where the text is laid out in a way that only a person can change without loss
 */
export function editField(text: string, path: FieldPath, value: unknown): TextEdit | undefined {
  const document = parseDocument<ParsedNode, true>(text, { logLevel: 'error' });
  if (document.errors.length > 0) throw new UserError('recipe.edit.not-yaml', 'The recipe cannot be changed here while its text is not valid YAML.', 'Open it as text and correct it');
  if (equals(valueAt(document.toJS(), path), value)) return undefined;
  const edit = new Editor(text, document).edit(path, value);
  const changed = parseDocument(applyEdit(text, edit), { logLevel: 'error' });
  // Layouts are endless; what came out otherwise than meant is never written.
  if (changed.errors.length > 0 || !equals(changed.toJS(), withValue(document.toJS(), path, value))) throw asText(path);
  return edit;
}

export function applyEdit(text: string, { from, to, text: replacement }: TextEdit): string {
  return text.slice(0, from) + replacement + text.slice(to);
}

class Editor {
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #lineEnd: string;

  constructor(text: string, document: Document.Parsed) {
    this.#text = text;
    this.#document = document;
    this.#lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  }

  edit(path: FieldPath, value: unknown): TextEdit {
    let node: Node | null = this.#document.contents;
    if (node === null) return this.#append(this.#text.length, 0, path, value);
    for (let depth = 0; depth < path.length; depth++) {
      const key = path[depth] ?? '';
      if (isAlias(node)) throw shared(path);
      const isGroup = typeof key === 'number' ? isSeq(node) : isMap(node);
      if (!isCollection(node) || !isGroup) {
        // A group that is empty, or of the wrong kind: everything below is written anew.
        return this.#replace(this.#pairOf(path.slice(0, depth)), node, nest(path.slice(depth), value), path);
      }
      const child = childOf(node, key);
      if (child === undefined) return value === undefined ? nothing() : this.#insert(node, path.slice(depth), value, path);
      if (depth === path.length - 1) {
        return value === undefined ? this.#remove(node, key, path) : this.#replace(isMap(node) ? this.#pairOf(path) : undefined, child, value, path);
      }
      node = child;
    }
    throw asText(path);
  }

  #pairOf(path: FieldPath): Pair | undefined {
    const holder: unknown = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    return isMap(holder) ? pairWith(holder, path.at(-1) ?? '') : undefined;
  }

  #replace(pair: Pair | undefined, node: Node, value: unknown, path: FieldPath): TextEdit {
    if (!node.range) throw asText(path);
    if (hasAnchor(node) && isAnchorUsed(this.#document, node)) throw shared(path);
    const [from] = node.range;
    const to = this.#contentEnd(node);
    const isFlow = this.#isInFlow(from) || !isCollection(value) && !isObject(value) && isScalar(node);
    const key = pair && isNode(pair.key) ? pair.key.range : undefined;
    const isEmpty = from === to;
    if (isFlow || (isObject(value) && Object.keys(value).length === 0)) {
      const end = to;
      return { from: isEmpty && key ? this.#afterColon(key[1]) : from, to: isEmpty && key ? this.#afterColon(key[1]) : end, text: `${isEmpty ? ' ' : ''}${this.#flow(value)}` };
    }
    if (!key) throw asText(path);
    const indent = this.#column(key[0]);
    const colon = this.#afterColon(key[1]);
    if (isObject(value)) return this.#blockBelow(colon, isEmpty ? colon : to, value, indent);
    return { from: colon, to: to, text: ` ${this.#flow(value)}` };
  }

  /** A group or list on the lines below its name, whose own line keeps its comment. */
  #blockBelow(from: number, to: number, value: object, indent: number): TextEdit {
    const tail = from === to ? this.#restOfLine(from) : '';
    return { from, to: to + tail.length, text: `${tail}${this.#lineEnd}${this.#block(value, indent + 2)}` };
  }

  #insert(holder: YAMLMap | YAMLSeq, path: FieldPath, value: unknown, whole: FieldPath): TextEdit {
    const [key = '', ...rest] = path;
    const inner = nest(rest, value);
    if (isSeq(holder) && key !== holder.items.length) throw asText(whole);
    if (!holder.range) throw asText(whole);
    const [from, to] = holder.range;
    if (holder.flow) {
      const item = isSeq(holder) ? this.#flow(inner) : `${scalar(key)}: ${this.#flow(inner)}`;
      const end = to - 1;
      const last = this.#text.slice(from, end).trimEnd();
      if (holder.items.length === 0) return { from: from + 1, to: end, text: item };
      if (last.endsWith(',')) return { from: from + last.length, to: from + last.length, text: ` ${item}` };
      if (this.#text.slice(from, end).includes('#')) throw asText(whole);
      return { from: from + last.length, to: from + last.length, text: `, ${item}` };
    }
    const first = holder.items[0];
    const firstKey = isPair(first) ? first.key : first;
    const indent = isNode(firstKey) && firstKey.range ? this.#column(isPair(first) ? firstKey.range[0] : this.#dashBefore(firstKey.range[0])) : 0;
    return this.#append(this.#contentEnd(holder), indent, [key], inner, isSeq(holder));
  }

  /** Whole lines at a place where a line begins or the text ends. */
  #append(at: number, indent: number, path: FieldPath, value: unknown, isItem = false): TextEdit {
    const lineAt = this.#lineBegin(at);
    const lines = this.#block(isItem ? [nest(path.slice(1), value)] : nest(path, value), indent);
    const needsBreak = lineAt > 0 && !this.#text.slice(0, lineAt).endsWith('\n');
    return { from: lineAt, to: lineAt, text: `${needsBreak ? this.#lineEnd : ''}${lines}${needsBreak ? '' : this.#lineEnd}` };
  }

  #remove(holder: YAMLMap | YAMLSeq, key: string | number, path: FieldPath): TextEdit {
    const item = isMap(holder) ? pairWith(holder, key) : holder.items[Number(key)];
    const start = isPair(item) ? item.key : item;
    const value = isPair(item) ? item.value : item;
    if (!isNode(start) || !start.range || (isNode(value) && hasAnchor(value) && isAnchorUsed(this.#document, value))) throw shared(path);
    const end = isNode(value) && value.range ? this.#contentEnd(value) : start.range[1];
    if (holder.flow) return this.#removeFromFlow(holder, item, start.range[0], end);
    if (holder.items.length === 1) return this.#removeLast(holder, path);
    const from = this.#lineStart(isPair(item) ? start.range[0] : this.#dashBefore(start.range[0]));
    const isOnOwnLine = this.#text.slice(from, isPair(item) ? start.range[0] : this.#dashBefore(start.range[0])).trim() === '';
    if (!isOnOwnLine) throw asText(path);
    return { from, to: this.#lineBegin(end), text: '' };
  }

  #removeFromFlow(holder: YAMLMap | YAMLSeq, item: unknown, from: number, end: number): TextEdit {
    const index = holder.items.indexOf(item as never);
    const comma = /^\s*,\s*/.exec(this.#text.slice(end));
    if (comma) return { from, to: end + comma[0].length, text: '' };
    const before = /,?\s*$/.exec(this.#text.slice(0, from));
    return { from: index === 0 ? from : from - (before?.[0].length ?? 0), to: end, text: '' };
  }

  /** An empty group is `{}`: without it, the name would stand for nothing at all. */
  #removeLast(holder: YAMLMap | YAMLSeq, path: FieldPath): TextEdit {
    const pair = this.#pairOf(path.slice(0, -1));
    if (path.length < 2 || !pair || !isNode(pair.key) || !pair.key.range || !holder.range) throw asText(path);
    const colon = this.#afterColon(pair.key.range[1]);
    const end = this.#contentEnd(holder);
    const between = this.#text.slice(colon, holder.range[0]);
    const kept = between.includes('#') ? between.trimEnd() : '';
    return { from: colon, to: end, text: ` ${isMap(holder) ? '{}' : '[]'}${kept}` };
  }

  #isInFlow(at: number): boolean {
    let inFlow = false;
    visit(this.#document, {
      Collection: (_key, node) => {
        if (node.flow && node.range && node.range[0] <= at && at < node.range[1]) inFlow = true;
      },
    });
    return inFlow;
  }

  /** Where the last character of a node stands, without the comments and blank lines that the parser counts to it. */
  #contentEnd(node: Node): number {
    if (isCollection(node) && !node.flow && node.items.length > 0) {
      const last: unknown = node.items.at(-1);
      const value = isPair(last) ? (isNode(last.value) && last.value.range && last.value.range[1] > last.value.range[0] ? last.value : last.key) : last;
      if (isNode(value) && value.range) {
        const end = this.#contentEnd(value);
        return isPair(last) && value === last.key ? this.#afterColon(end) : end;
      }
    }
    const end = node.range?.[1] ?? 0;
    // Text over several lines takes its last line end along.
    return isScalar(node) && this.#text[end - 1] === '\n' ? end - /\s*$/.exec(this.#text.slice(0, end))![0].length : end;
  }

  /** The start of the line after the one that holds a place; the place itself where a line begins. */
  #lineBegin(at: number): number {
    if (at > 0 && this.#text[at - 1] === '\n') return at;
    const next = this.#text.indexOf('\n', at);
    return next < 0 ? this.#text.length : next + 1;
  }

  #lineStart(at: number): number {
    return this.#text.lastIndexOf('\n', at - 1) + 1;
  }

  #column(at: number): number {
    return at - this.#lineStart(at);
  }

  #dashBefore(at: number): number {
    return this.#text.lastIndexOf('-', at - 1);
  }

  #afterColon(keyEnd: number): number {
    return this.#text.indexOf(':', keyEnd) + 1;
  }

  #restOfLine(at: number): string {
    return /^[^\r\n]*/.exec(this.#text.slice(at))?.[0] ?? '';
  }

  #flow(value: unknown): string {
    return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd().replaceAll('\n', this.#lineEnd);
  }

  /** Without a line end at the end. */
  #block(value: unknown, indent: number): string {
    const pad = ' '.repeat(indent);
    return stringify(value, { lineWidth: 0 }).trimEnd().split('\n').map((line) => (line === '' ? '' : pad + line)).join(this.#lineEnd);
  }
}

function childOf(node: Node, key: string | number): Node | undefined {
  if (isMap(node)) {
    const value = pairWith(node, key)?.value;
    return isNode(value) ? value : undefined;
  }
  const item: unknown = isSeq(node) ? node.items[Number(key)] : undefined;
  return isNode(item) ? item : undefined;
}

function pairWith(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function hasAnchor(node: Node): boolean {
  return !isAlias(node) && 'anchor' in node && node.anchor !== undefined;
}

function isAnchorUsed(document: Document.Parsed, node: Node): boolean {
  let isUsed = false;
  visit(document, { Alias: (_key, alias) => void (isUsed ||= alias.resolve(document) === node) });
  return isUsed;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function scalar(key: string | number): string {
  return stringify(key, { lineWidth: 0 }).trimEnd();
}

function nothing(): TextEdit {
  return { from: 0, to: 0, text: '' };
}

function shared(path: FieldPath): UserError {
  return new UserError('recipe.edit.shared', `"${path.join('.')}" is shared with another place of the recipe by an anchor.`, 'Open the recipe as text and change it there');
}

function asText(path: FieldPath): UserError {
  return new UserError('recipe.edit.as-text', `"${path.join('.')}" is laid out in a way that cannot be changed here without touching something else.`, 'Open the recipe as text and change it there');
}
