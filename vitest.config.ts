import { defineConfig } from 'vitest/config';

// Three workers on two cores, since some tests wait for other programs; a simulation case may take some seconds, none a minute.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    pool: 'threads',
    globalSetup: 'test/support/chromium-setup.ts',
  },
});
