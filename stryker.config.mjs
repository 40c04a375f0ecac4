/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['functions/reconciler/core/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  // Rewriting it needs the compiler API, which TypeScript 7 has not.
  tsconfigFile: 'none',
  jsonReporter: { fileName: 'coverage/mutation.json' },
  concurrency: 2,
}
