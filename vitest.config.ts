import { globSync, readFileSync } from 'node:fs'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { TestReporter } from './test/run/reporter.ts'

/** CI counts the tests from this file, and names what was retried from the one beside it. */
const results = process.env.REPOINT_TEST_RESULTS

/** What starts whole processes or whole laboratories and takes minutes: `npm run test:system`. */
export const systemTests = [
  'test/lab/{compare,migration,migration-aurora,migration-hostile,page-in-browser,real-rehearsals,real-servers,rehearsal,serve,standing-cluster,standing-stages}.test.ts',
  'test/cli/{doctor,doctor-consumer-process,drill,drill-real-engines,drill-real-servers,errors,events,gateway-only,history,init,migrate-lab,migrate-process,migrate-retire-process,migrate-shift,migrate-shift-settings,migrate-verify,migrate-watch,pause,permissions,plan,resync,status}.test.ts',
  'test/docs/{documented-commands-run,write-ups-run}.test.ts',
  'test/report/{page-in-browser,rehearsal}.test.ts',
  'test/package/{constructs,install}.test.ts',
  'test/terraform/{module,module-pages,same-as-cdk}.test.ts',
]

export const shared: ViteUserConfig['test'] = {
  setupFiles: ['test/run/setup.ts'],
  globalSetup: ['test/run/temporary-folder.ts'],
  reporters: ['default', new TestReporter(results && `${results}.retried`), ...(results ? ['json'] : [])],
  ...(results ? { outputFile: { json: results } } : {}),
  // A laptop that is busy with something else is no defect.
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

/** What a test may change for its whole process: it gets one of its own. The others share one, and what they import. */
const changesItsProcess = /\bvi\.(mock|doMock|resetModules|stub|spyOn|useFakeTimers)|\bmockClient\(|\bcapturing\(/
export const alone = globSync('test/**/*.test.ts').filter(file => changesItsProcess.test(readFileSync(file, 'utf8')))

export default defineConfig({
  test: {
    ...shared,
    // Half of the time goes into waiting for sockets, so that even two processors keep up with one worker each.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: { name: 'together', isolate: false, include: ['test/**/*.test.ts'], exclude: [...systemTests, ...alone] },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: systemTests } },
    ],
    coverage: {
      include: ['functions/reconciler/core/**'],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
})
