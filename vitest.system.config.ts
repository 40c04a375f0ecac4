import { defineConfig } from 'vitest/config'
import { results, systemTests } from './vitest.config.ts'

/** Whole processes, whole laboratories, a real browser: minutes, and one after the other. */
export default defineConfig({
  test: {
    include: systemTests,
    setupFiles: ['aws-sdk-client-mock-vitest/extend'],
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    maxWorkers: 1,
  },
})
