import { defineConfig } from 'vitest/config'
import { results, systemTests } from './vitest.config.ts'

/** Whole processes, whole laboratories, a real browser: minutes, and one after the other. */
export default defineConfig({
  test: {
    include: systemTests,
    setupFiles: ['aws-sdk-client-mock-vitest/extend'],
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    maxWorkers: 1,
    // A laboratory needs a processor to itself to keep its own time.
    maxConcurrency: 2,
    // They run in real time: a machine that stands still for a second may break what a run promised, not what it tests.
    retry: 2,
  },
})
