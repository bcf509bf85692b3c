/** The house keeps its shape: every import goes the way the design allows, and each thing is named where it belongs. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import rules from './architecture.json' with { type: 'json' };

interface Import {
  readonly file: string;
  /** `core/jobs/job.ts` for a file of ours, the package's name for others */
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

interface FolderRule {
  readonly ours: readonly string[];
  readonly vscode: boolean;
  readonly typesOnly?: boolean;
}

const repository = path.resolve(import.meta.dirname, '../..');
const folders: Record<string, FolderRule> = rules.folders;
const files = [...sources('src'), ...sources('webview')];
const imports = files.flatMap(importsOf);

describe('architecture', () => {
  it('imports our own modules only in the directions of the design', () => {
    const breaches = imports.filter(({ file, target, ours, typeOnly }) => {
      if (!ours) return false;
      const rule = folders[folderOf(place(file))];
      if (!rule) return true;
      if (folderOf(place(file)) === folderOf(target)) return false;
      return !rule.ours.some((allowed) => isWithin(target, allowed)) || (rule.typesOnly === true && !typeOnly);
    });
    expect(breaches.map(describeImport)).toEqual([]);
  });

  it('imports vscode only in the host', () => {
    const breaches = imports.filter(({ file, target }) => target === 'vscode' && folders[folderOf(place(file))]?.vscode !== true);
    expect(breaches.map(describeImport)).toEqual([]);
  });

  it('keeps each large or platform-bound package to the folder that wraps it', () => {
    const breaches = imports.filter(({ file, target, ours }) => {
      const owner = ours ? undefined : Object.entries(rules.packagesOf).find(([name]) => target === name || target.startsWith(name.endsWith('/') ? name : `${name}/`));
      return owner !== undefined && !owner[1].some((folder) => isWithin(place(file), folder));
    });
    expect(breaches.map(describeImport)).toEqual([]);
  });

  it('uses nothing of Node in a page', () => {
    expect(imports.filter(({ file, target }) => file.startsWith('webview/') && target.startsWith('node:')).map(describeImport)).toEqual([]);
  });

  it('shows messages from the command layer and the job status only', () => {
    const breaches = files.filter((file) => /\bwindow\s*\.\s*show(Information|Warning|Error)Message\b/.test(read(file)));
    expect(breaches.filter((file) => !rules.windowMessagesIn.includes(file))).toEqual([]);
  });

  it('names toolkit elements in webview/shared/ui.ts only', () => {
    const element = /['"`<]\/?vscode-(badge|button|checkbox|data-grid|divider|dropdown|link|option|panel|progress-ring|radio|tag|text)/;
    const breaches = files.filter((file) => file.startsWith('webview/') && element.test(read(file)));
    expect(breaches.filter((file) => !rules.toolkitNamedIn.includes(file))).toEqual([]);
  });

  it('has no file so long that it hides a second idea', () => {
    const tooLong = [...files, ...sources('test')].filter((file) => read(file).split('\n').length > rules.lineLimit);
    expect(tooLong.filter((file) => !(rules.longFiles as string[]).includes(file))).toEqual([]);
  });

  it('opens every file with a sentence on what it is for', () => {
    expect([...files, ...sources('test')].filter((file) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(read(file)))).toEqual([]);
  });

  it('prints nothing outside the command line and the processes it starts', () => {
    const breaches = files.filter((file) => !file.startsWith('src/cli/') && /\bconsole\.\w+\(/.test(read(file)));
    expect(breaches).toEqual([]);
  });
});

function sources(folder: string): string[] {
  return fs
    .readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name.split(path.sep).join('/')}`)
    .sort();
}

function read(file: string): string {
  return fs.readFileSync(path.join(repository, file), 'utf8');
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const ours = specifier.text.startsWith('.');
    const target = ours ? place(path.posix.join(path.posix.dirname(file), specifier.text)) : specifier.text;
    found.push({ file, target, ours, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
}

/** `src/core/jobs/job.ts` is at `core/jobs/job.ts`, `webview/job/main.ts` at `webview/job/main.ts`. */
function place(file: string): string {
  return file.replace(/^src\//, '');
}

function folderOf(location: string): string {
  return (location.split('/')[0] ?? '').replace(/\.ts$/, '');
}

function isWithin(location: string, folder: string): boolean {
  return location === folder || location.startsWith(`${folder}/`) || location.startsWith(`${folder}.`);
}

function describeImport({ file, target }: Import): string {
  return `${file} imports ${target}`;
}
