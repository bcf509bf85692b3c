/** The command line: `tunesmith run`, `jobs`, `show`, `stop`, `resume`, `generate`, `export`, `convert`, `models`, `download`, `demo`. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import { runProgram } from './program.ts';
import { findPrograms, openServices } from './services.ts';
import { Terminal } from './terminal.ts';

const file = fileURLToPath(import.meta.url);
const words = process.argv.slice(2);
const terminal = new Terminal(process.stdout, process.stderr, process.env);
const onFault = (fault: unknown): void => terminal.note(words.includes('--verbose') ? inspect(fault) : String(fault));
const programs = findPrograms(dirname(file), file.endsWith('.cjs'));
const open = (home: string | undefined) => openServices({ home, programs, terminal, onFault });
const manifest = JSON.parse(readFileSync(join(programs.mediaFolder, '../package.json'), 'utf8')) as { readonly version: string };

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));

runProgram(words, { version: manifest.version, terminal, open }).then(
  (code) => {
    process.exitCode = code;
  },
  (fault: unknown) => {
    onFault(fault);
    process.exitCode = 70;
  },
);
