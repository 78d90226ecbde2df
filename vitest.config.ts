import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    /* Real browsers and servers on a shared machine: what fails once by lack of time is tried again, what is wrong fails again. */
    retry: process.env.CI ? 2 : 0,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
