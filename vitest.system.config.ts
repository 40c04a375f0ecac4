import { defineConfig } from 'vitest/config'
import { shared, systemTests } from './vitest.config.ts'

/** Whole processes, whole laboratories, a real browser: minutes, and one after the other. */
export default defineConfig({
  test: {
    ...shared,
    include: systemTests,
    maxWorkers: 1,
    // A laboratory needs a processor to itself to keep its own time.
    maxConcurrency: 2,
    // They run in real time: a machine that stands still for a second may break what a run promised, not what it tests.
    retry: 2,
  },
})
