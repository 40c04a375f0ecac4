import { defineConfig } from 'vitest/config'

/** CI counts the tests from this file. */
export const results = process.env.REPOINT_TEST_RESULTS

/** What starts whole processes or whole laboratories and takes minutes: `npm run test:system`. */
export const systemTests = [
  'test/lab/{compare,migration,migration-aurora,rehearsal,serve,standing-cluster,standing-stages}.test.ts',
  'test/cli/{doctor,doctor-consumer-process,drill,errors,events,history,migrate-lab,migrate-process,migrate-retire-process,migrate-shift,migrate-shift-settings,migrate-verify,migrate-watch,pause,permissions,plan,resync,status}.test.ts',
  'test/report/{page-in-browser,rehearsal}.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: systemTests,
    setupFiles: ['aws-sdk-client-mock-vitest/extend'],
    // Sockets and timers of the laboratory's parts are real.
    retry: results ? 1 : 0,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    coverage: {
      include: ['functions/reconciler/core/**'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
})
