import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/engine/**/*.test.ts'],
    // onnxruntime keeps native threads: a forked process ends cleanly, a worker thread does not always.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
