/** Parses the text of a recipe; every fault has its place in the text, and nothing typed halfway makes it throw. */

import { isMap, isNode, isPair, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import { withoutAuto } from './auto.ts';
import { migrate } from './migrate.ts';
import { recipeSchema, type RecipeDraft } from './schema.ts';
import { describeConflicts, describeIssue, fieldName, type FieldFault } from './schemaFaults.ts';

/** A fault of a recipe with its place; lines and columns are 1-based, the end exclusive. */
export interface RecipeFault {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** one sentence */
  readonly message: string;
  /** the next step, as an imperative sentence */
  readonly remedy: string;
  /** dotted, for example `training.epochs`; undefined when the text is not YAML */
  readonly field: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ParsedRecipe {
  /** undefined exactly when there are faults of severity error */
  readonly draft: RecipeDraft | undefined;
  /** in the order of the text */
  readonly faults: readonly RecipeFault[];
}

/** A recipe is a page long; this much is another file under its name. Parsing it takes the editor's turn: a megabyte takes seconds. */
const MOST_CHARACTERS = 30_000;

/** One misplaced bracket makes the parser complain about everything after it. */
const MOST_YAML_FAULTS = 20;

/** Parses and validates a recipe. Never throws, whatever the text. */
export function parseRecipe(text: string): ParsedRecipe {
  const whole = wholeFileFault(text);
  if (whole) return { draft: undefined, faults: [whole] };
  try {
    return parseYaml(text);
  } catch (fault) {
    // The parser recurses: thousands of nested brackets exhaust the stack. Aliases that multiply are refused by it, too.
    const reason = fault instanceof RangeError ? 'it is nested too deeply' : fault instanceof Error ? firstLine(fault.message) : String(fault);
    return { draft: undefined, faults: [startFault('recipe.not-yaml', `The file cannot be read as YAML: ${reason}.`, 'Correct the text')] };
  }
}

function parseYaml(text: string): ParsedRecipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const toPlace = (from: number, to: number): Place => placeOf(lines, from, Math.max(to, from + 1));
  if (document.errors.length > 0) {
    // The parser reports an exhausted stack once a level.
    if (document.errors.some(({ message }) => message.startsWith('Maximum call stack'))) throw new RangeError('nested too deeply');
    return { draft: undefined, faults: document.errors.slice(0, MOST_YAML_FAULTS).map((error) => yamlFault(error, toPlace)) };
  }
  const written: unknown = document.toJS();
  const { value, origin } = migrate(written);
  const checked = recipeSchema.safeParse(withoutAuto(value));
  const found = [...(checked.error?.issues.flatMap((issue) => describeIssue(issue, value, origin)) ?? []), ...describeConflicts(value, origin)];
  const faults = found.map((fault): RecipeFault => {
    const [from, to] = rangeOf(document, fault);
    const { code, message, remedy, path } = fault;
    return { code, severity: 'error', message, remedy, field: fieldName(path), ...toPlace(from, to) };
  });
  faults.sort((a, b) => a.line - b.line || a.column - b.column);
  return { draft: faults.length === 0 ? checked.data : undefined, faults };
}

function wholeFileFault(text: string): RecipeFault | undefined {
  if (text.length > MOST_CHARACTERS) {
    return startFault('recipe.too-large', 'The file is far too long for a recipe.', 'Choose another file');
  }
  if (text.includes('\0')) return startFault('recipe.not-text', 'The file is not text.', 'Choose another file, or save it as UTF-8');
  const marker = /^(?:<{7}|>{7})(?: .*)?$/m.exec(text);
  if (!marker) return undefined;
  const line = text.slice(0, marker.index).split('\n').length;
  const place = { line, column: 1, endLine: line, endColumn: marker[0].length + 1 };
  return { code: 'recipe.merge-conflict', severity: 'error', message: 'The file holds an unresolved merge conflict.', remedy: 'Choose one of the two versions', field: undefined, ...place };
}

function startFault(code: string, message: string, remedy: string): RecipeFault {
  return { code, severity: 'error', message, remedy, field: undefined, line: 1, column: 1, endLine: 1, endColumn: 2 };
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

function placeOf(lines: LineCounter, from: number, to: number): Place {
  const start = lines.linePos(from);
  const end = lines.linePos(to);
  // Before the first line the counter answers 0.
  return { line: Math.max(1, start.line), column: Math.max(1, start.col), endLine: Math.max(1, end.line), endColumn: Math.max(1, end.col) };
}

function yamlFault(error: YAMLError, toPlace: (from: number, to: number) => Place): RecipeFault {
  const isTab = error.code === 'TAB_AS_INDENT';
  const message = isTab ? 'A tab stands where YAML wants spaces.' : `This is not valid YAML: ${firstLine(error.message)}.`;
  const remedy = isTab ? 'Indent with spaces' : error.code === 'DUPLICATE_KEY' ? 'Remove one of the two' : 'Correct the text';
  return { code: 'recipe.not-yaml', severity: 'error', message, remedy, field: undefined, ...toPlace(...error.pos) };
}

function firstLine(message: string): string {
  const line = (message.split(/[\n;]/, 1)[0] ?? '').replace(/[.:\s]+$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/** The key or the value that the fault is about; for something missing, the key of the group that should hold it. */
function rangeOf(document: Document.Parsed, fault: FieldFault): readonly [number, number] {
  for (let depth = fault.path.length; depth > 0; depth--) {
    const path = fault.path.slice(0, depth);
    const holder: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(holder)) continue;
    const pair = holder.items.find((item) => isPair(item) && keyText(item.key) === String(path.at(-1)));
    if (!pair) continue;
    const wantsKey = fault.isAboutKey || depth < fault.path.length;
    const node = !wantsKey && isNode(pair.value) && pair.value.range && pair.value.range[0] < pair.value.range[1] ? pair.value : pair.key;
    if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  }
  return [0, 0];
}

function keyText(key: unknown): string | undefined {
  return isNode(key) && 'value' in key ? String(key.value) : undefined;
}
