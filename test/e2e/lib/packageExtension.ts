/** Before the first test: the extension is built and packed as it ships. TUNESMITH_VSIX names one that is there already. */

import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../..');

export default function packageExtension(): void {
  process.env['TUNESMITH_VSIX'] ??= packedExtension();
}

export function packedExtension(): string {
  const start = Date.now();
  console.error('Packing the extension ...');
  execFileSync(process.execPath, ['.ci/package.mjs'], { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] });
  console.error(`... done in ${((Date.now() - start) / 1000).toFixed(0)} s.`);
  return path.join(repository, `tunesmith-${process.platform}-${process.arch}.vsix`);
}
