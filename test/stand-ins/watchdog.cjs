// Stands in for the native @vscode/native-watchdog in the test's VS Code: leaves when the parent is gone.
'use strict';

const PARENT_IS_GONE = 87; // the native module's exit code

exports.start = (parent) => {
  const look = () => {
    try {
      process.kill(parent, 0);
    } catch {
      process.exit(PARENT_IS_GONE);
    }
  };
  setInterval(look, 3000).unref();
};
exports.exit = (code) => process.exit(code || 0);
