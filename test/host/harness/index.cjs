// An extension that runs the bundle named by HOST_TESTS in the extension host it lives in. Does nothing without that variable.
'use strict';
const fs = require('node:fs');

exports.activate = () => {
  const bundle = process.env.HOST_TESTS;
  const results = process.env.HOST_TESTS_RESULTS;
  // Not awaited: a test may wait for other extensions, and those wait for this one's activation.
  if (bundle) setImmediate(() => void run(bundle, results));
};

async function run(bundle, results) {
  try {
    await require(bundle).run();
  } catch (fault) {
    if (fs.existsSync(results)) return;
    const error = String((fault && fault.stack) || fault);
    fs.writeFileSync(results, JSON.stringify({ tests: [{ title: 'the suite loads', state: 'failed', error }] }));
  }
}
