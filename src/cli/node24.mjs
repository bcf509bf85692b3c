// Runs a script on a Node that Tunesmith can use: this one if it is new enough, else the npm package's binary.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const MINIMUM = [22, 13]; // node:sqlite without a flag

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** @returns the path of a Node executable of at least 22.13, or undefined */
export function findNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

const node = findNode();
if (!node) {
  console.error(
    `Tunesmith needs Node ${MINIMUM.join('.')} or newer; this is ${process.versions.node}. ` +
      'Install a newer Node from nodejs.org, or on Linux run "npm ci" again without --omit=optional.',
  );
  process.exit(1);
}
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' });
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  // With a listener the signal would be heard and not end this process, which would then report success.
  for (const one of PASSED_ON) process.removeAllListeners(one);
  if (signal) process.kill(process.pid, signal);
  else process.exit(code ?? 1);
});
