/** What is mutated: everything that decides. `npm run mutate -- --mutate 'functions/reconciler/core/**'` takes a part. */
const folders = ['functions/reconciler', 'cli/checks']

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: folders.map(folder => `${folder}/**/*.ts`),
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // A second run judges only what has changed since the first.
  incremental: true,
  incrementalFile: 'coverage/mutation-incremental.json',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
  // Rewriting it needs the compiler API, which TypeScript 7 has not.
  tsconfigFile: 'none',
  concurrency: 2,
}
