import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/engine/**/*.test.ts'],
    // onnxruntime keeps native threads: a forked process ends cleanly, a worker thread does not always.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    // No test sees the models that the developer has downloaded, and none asks the real hub.
    env: { HF_HUB_CACHE: join(tmpdir(), 'tunesmith-no-models'), HF_ENDPOINT: 'http://127.0.0.1:1' },
  },
});
