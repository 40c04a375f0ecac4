import { defineConfig } from 'vitest/config'

/**
 * The tests that judge a mutant: tables, scenarios over fakes, adapters over a mocked SDK. Properties are left out: they
 * would judge by another seed each time, and what they find belongs into a table.
 */
export default defineConfig({
  test: {
    include: [
      'test/{adapters,contract,scenarios}/**/*.test.ts',
      'test/unit/core/*.test.ts',
      'test/unit/{config,handler,prime,rds-event-catalogue,triggers}.test.ts',
    ],
    exclude: ['test/scenarios/*invariants.test.ts'],
    setupFiles: ['test/run/setup.ts'],
  },
})
