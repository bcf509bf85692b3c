#!/usr/bin/env node
// The command `tunesmith`: runs the built command line, or its source in a checkout, on a Node that is new enough.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [built, source] = ['../../dist/cli.cjs', './main.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url)));
process.argv.splice(2, 0, existsSync(built) ? built : source);
await import('./node24.mjs');
