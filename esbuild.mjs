// Builds everything that ships: programs for Node, pages for webviews, and the native runtime, all into dist/.
//
//   node esbuild.mjs [--watch] [--production] [--target linux-x64|linux-arm64|darwin-arm64|win32-x64|win32-arm64]
//
// Everything it has to say goes to stderr, so that a command chained behind it owns stdout.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const PROGRAMS = {
  extension: 'src/extension.ts',
  runner: 'src/runner/main.ts',
  inference: 'src/runner/inference.ts',
  cli: 'src/cli/main.ts',
  datasetWorker: 'src/core/datasets/worker.ts',
};
const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
const OUT = 'dist';

/** Bytes; the many chunks below are reported as one. */
const SMALL_CHUNK = 20_000;

const options = readOptions(process.argv.slice(2));
const log = (text) => process.stderr.write(`${text}\n`);

copyNativeRuntime(options.target);
copyPageAssets();
const contexts = [await esbuild.context(programs()), await esbuild.context(pages())];
if (options.watch) {
  await Promise.all(contexts.map((context) => context.watch()));
  log('Watching. Press Ctrl+C to end.');
} else {
  try {
    const results = await Promise.all(contexts.map((context) => context.rebuild()));
    removeAllBut(results.flatMap((result) => Object.keys(result.metafile.outputs)));
    if (options.report) reportSizes();
  } catch (fault) {
    if (!fault.errors) throw fault;
    process.exitCode = 1; // esbuild has printed why
  } finally {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}

/**
 * All programs share one split build: what `src/extension.ts` reaches by a dynamic `import()` becomes a chunk of its own that
 * is read on first use, and a class such as `UserError` exists once per process, so `instanceof` holds across chunks.
 */
function programs() {
  return {
    entryPoints: existing(PROGRAMS),
    bundle: true,
    splitting: true,
    format: 'esm', // turned into CommonJS, file by file, by `commonJs`: esbuild splits ES modules only
    platform: 'node',
    target: 'node22',
    external: ['vscode', 'onnxruntime-node', 'mocha'],
    outdir: OUT,
    outExtension: { '.js': '.cjs' },
    chunkNames: 'chunk-[hash]', // flat, so that `new URL('./runner.cjs', import.meta.url)` means the same in every file
    define: { 'import.meta.url': '__fileUrl', 'process.env.NODE_ENV': '"production"' },
    minify: options.production,
    keepNames: options.production, // an error's class is part of a fault report
    sourcemap: options.production ? false : 'inline',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
    plugins: [commonJs()],
  };
}

function pages() {
  const entries = fs.existsSync('webview')
    ? fs.readdirSync('webview').filter((name) => fs.existsSync(`webview/${name}/main.ts`))
    : [];
  return {
    entryPoints: Object.fromEntries(entries.map((name) => [name, `webview/${name}/main.ts`])),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'chrome142', // VS Code 1.110's Electron
    outdir: `${OUT}/webview`,
    minify: true,
    sourcemap: options.production ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [prebuiltToolkit()],
  };
}

/** A second pass over each output: ES module to CommonJS. `import()` of a chunk becomes a deferred `require`. */
function commonJs() {
  return {
    name: 'common-js',
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length > 0) return;
        fs.mkdirSync(OUT, { recursive: true });
        for (const file of result.outputFiles) {
          const { code, map } = await esbuild.transform(file.text, {
            format: 'cjs',
            platform: 'node',
            target: 'node22',
            supported: { 'dynamic-import': false },
            banner: file.text.includes('__fileUrl') ? 'const __fileUrl = require("node:url").pathToFileURL(__filename).href;' : '',
            minify: options.production,
            sourcemap: options.production ? false : 'external',
            sourcefile: path.basename(file.path),
          });
          if (map) fs.writeFileSync(`${file.path}.map`, map);
          fs.writeFileSync(file.path, map ? `${code}//# sourceMappingURL=${path.basename(file.path)}.map\n` : code);
        }
      });
    },
  };
}

/** The toolkit is shipped as its authors built it; every page imports that one copy. */
function prebuiltToolkit() {
  return {
    name: 'prebuilt-toolkit',
    setup(build) {
      build.onResolve({ filter: /^@vscode\/webview-ui-toolkit$/ }, () => ({ path: './toolkit.min.js', external: true }));
    },
  };
}

function copyPageAssets() {
  fs.mkdirSync(`${OUT}/webview`, { recursive: true });
  fs.copyFileSync('node_modules/@vscode/webview-ui-toolkit/dist/toolkit.min.js', `${OUT}/webview/toolkit.min.js`);
}

/** onnxruntime-node finds its binary beside itself, so it travels as a package, with one platform's binary. */
function copyNativeRuntime(target) {
  const [platform, arch] = target.split('-');
  const binaries = `bin/napi-v6/${platform}/${arch}`;
  const stamp = `${OUT}/node_modules/.target`;
  const version = JSON.parse(fs.readFileSync('node_modules/onnxruntime-node/package.json', 'utf8')).version;
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === `${version} ${target}`) return;
  fs.rmSync(`${OUT}/node_modules`, { recursive: true, force: true });
  copyPackage('onnxruntime-node', (file) => {
    if (file === 'package.json' || /^dist\/.*\.js$/.test(file)) return true;
    // The versioned copy of the macOS library is the same 44 MB again.
    return file.startsWith(`${binaries}/`) && !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file);
  });
  copyPackage('onnxruntime-common', (file) => file === 'package.json' || /^dist\/cjs\/.*\.(js|json)$/.test(file));
  fs.writeFileSync(stamp, `${version} ${target}`);
}

function copyPackage(name, keep) {
  const from = path.join('node_modules', name);
  for (const entry of fs.readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = path.join(entry.parentPath, entry.name);
    const file = path.relative(from, source).split(path.sep).join('/');
    if (!keep(file)) continue;
    const to = path.join(OUT, 'node_modules', name, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(source, to);
  }
}

/** Leftovers of earlier builds go last, so that a program that runs from dist/ meanwhile finds its chunks as long as possible. */
function removeAllBut(outputs) {
  const kept = new Set([...outputs, ...outputs.map((file) => `${file}.map`), `${OUT}/webview/toolkit.min.js`].map(path.normalize));
  for (const folder of [OUT, `${OUT}/webview`]) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isFile() && !kept.has(file)) fs.rmSync(file, { force: true });
    }
  }
}

function existing(entries) {
  const missing = Object.entries(entries).filter(([, file]) => !fs.existsSync(file));
  for (const [name, file] of missing) log(`warning: ${file} does not exist, dist/${name}.cjs is not built`);
  return Object.fromEntries(Object.entries(entries).filter(([, file]) => fs.existsSync(file)));
}

function reportSizes() {
  const files = fs
    .readdirSync(OUT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const native = files.filter((file) => file.startsWith(path.join(OUT, 'node_modules')));
  const sizes = files.filter((file) => !native.includes(file)).sort().map((file) => {
    const bytes = fs.readFileSync(file);
    return { file, raw: bytes.length, packed: gzipSync(bytes).length };
  });
  const line = ({ raw, packed, file }) => log(`${kilobytes(raw)} ${kilobytes(packed)} gz  ${file}`);
  const isSmall = ({ file, raw }) => path.basename(file).startsWith('chunk-') && raw < SMALL_CHUNK;
  sizes.filter((one) => !isSmall(one)).forEach(line);
  const small = sizes.filter(isSmall);
  const total = (key) => small.reduce((sum, one) => sum + one[key], 0);
  line({ file: `${small.length} smaller chunks`, raw: total('raw'), packed: total('packed') });
  const nativeBytes = native.reduce((sum, file) => sum + fs.statSync(file).size, 0);
  log(`${kilobytes(nativeBytes)}${' '.repeat(15)}onnxruntime for ${options.target}`);
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`.padStart(11);
}

function readOptions(args) {
  const read = { watch: false, production: false, report: false, target: `${process.platform}-${process.arch}` };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--watch') read.watch = true;
    else if (args[i] === '--production') read.production = true;
    else if (args[i] === '--report') read.report = true;
    else if (args[i] === '--target') read.target = args[++i];
    else throw new Error(`esbuild.mjs does not know ${args[i]}`);
  }
  if (!TARGETS.includes(read.target)) {
    throw new Error(`onnxruntime-node has no binary for ${read.target}; it has ${TARGETS.join(', ')}`);
  }
  return read;
}
