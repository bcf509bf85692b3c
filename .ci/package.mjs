// Builds and packs the extension for one platform, and refuses a package that lacks a part, holds a stranger or is too big.
//
//   node .ci/package.mjs [--target linux-x64]      writes tunesmith-<target>.vsix
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';

const LIMIT_MB = 45; // the native runtime is 17 MB of it on Linux and 28 MB on Windows, the starter model up to 16 MB

const PARTS = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/extension.cjs',
  'dist/runner.cjs',
  'dist/inference.cjs',
  'dist/cli.cjs',
  'dist/datasetWorker.cjs',
  'dist/node_modules/onnxruntime-node/package.json',
  'dist/node_modules/onnxruntime-common/package.json',
  'dist/webview/toolkit.min.js',
  'media/starter/config.json',
  'media/starter/model.safetensors',
];
const STRANGERS = /(^|\/)(src|test|docs|\.ci|\.vscode-test|test-results)\/|\.(ts|map|vsix)$/;

const flag = process.argv.indexOf('--target');
const target = flag > 0 ? process.argv[flag + 1] : `${process.platform}-${process.arch}`;
const vsix = `tunesmith-${target}.vsix`;
const vsce = 'node_modules/@vscode/vsce/vsce';

run('esbuild.mjs', '--production', '--report', '--target', target);
const files = list();
const missing = [...PARTS, ...pages()].filter((part) => !files.includes(part));
const strangers = files.filter((file) => STRANGERS.test(file) && !file.startsWith('dist/node_modules/'));
if (missing.length > 0) fail(`The package lacks ${missing.join(', ')}.`);
if (strangers.length > 0) fail(`The package holds what does not belong in it: ${strangers.join(', ')}.`);

// There is no repository on the web yet to which the README's relative links could point.
run(vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--target', target, '-o', vsix);
const megabytes = fs.statSync(vsix).size / 1024 / 1024;
if (megabytes > LIMIT_MB) fail(`${vsix} has ${megabytes.toFixed(1)} MB, more than ${LIMIT_MB} MB.`);
process.stderr.write(`${vsix}: ${megabytes.toFixed(1)} MB, ${files.length} files\n`);

function pages() {
  return fs
    .readdirSync('webview')
    .filter((name) => fs.existsSync(`webview/${name}/main.ts`))
    .map((name) => `dist/webview/${name}.js`);
}

function list() {
  return execFileSync(process.execPath, [vsce, 'ls', '--no-dependencies'], { encoding: 'utf8' }).trim().split('\n');
}

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`"${command.join(' ')}" failed.`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
