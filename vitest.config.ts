import { defineConfig } from 'vitest/config'

/** CI counts the tests from this file. */
const results = process.env.REPOINT_TEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['aws-sdk-client-mock-vitest/extend'],
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    coverage: {
      include: ['functions/reconciler/core/**'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
})
