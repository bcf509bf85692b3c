/** Bundles test/host/suite into test-results/host-tests.cjs, which the extension host can require. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as esbuild from 'esbuild';

export async function bundleHostTests(): Promise<string> {
  const outfile = path.resolve('test-results/host-tests.cjs');
  const suites = fs.readdirSync(path.join(import.meta.dirname, 'suite')).filter((name) => name.endsWith('.test.ts'));
  const requires = suites.map((name) => `require('./suite/${name}');`).join('\n');
  await esbuild.build({
    stdin: {
      contents: `import { setSuites } from './index.ts';\nsetSuites(() => {\n${requires}\n});\nexport { run } from './index.ts';`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    // The bundle does not ship: Mocha is found in the repository's node_modules, from test-results/.
    external: ['vscode', 'mocha', 'onnxruntime-node'],
    logLevel: 'warning',
    outfile,
  });
  return outfile;
}
