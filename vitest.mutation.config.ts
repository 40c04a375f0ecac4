import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { systemTests } from './vitest.config.ts'

/** Tables first: they take milliseconds, and most mutants end there. */
class TablesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.includes('/test/unit/') ? 0 : 1)
    return files.toSorted((a, b) => rank(a) - rank(b))
  }
}

/**
 * The tests that judge a mutant. Properties are left out: they would judge by another seed each time, and what they find
 * belongs into a table.
 */
export default defineConfig({
  test: {
    include: ['test/{adapters,cli,contract,scenarios,unit}/**/*.test.ts'],
    exclude: [
      ...systemTests,
      'test/scenarios/*invariants.test.ts',
      // It finds its own mutants by the source's text, which is another one here.
      'test/unit/worlds-mutants.test.ts',
      // It starts the command by its path.
      'test/cli/completion.test.ts',
    ],
    setupFiles: ['test/run/setup.ts'],
    sequence: { sequencer: TablesFirst },
  },
})
