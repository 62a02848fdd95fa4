import { defineConfig } from 'vitest/config';

// Two workers on two cores; a simulation case may take some seconds, none may take a minute.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    pool: 'threads',
  },
});
