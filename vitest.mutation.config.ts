import { globSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { alone, systemTests } from './vitest.config.ts'

/** Tables first: they take milliseconds, and most mutants end there. */
class TablesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (/\/test\/(unit|cli\/checks)\//.test(moduleId) ? 0 : 1)
    return files.toSorted((a, b) => rank(a) - rank(b))
  }
}

const judges = globSync('test/{adapters,cli,contract,scenarios,unit}/**/*.test.ts')

/**
 * Properties are left out: they would judge by another seed each time, and what they find belongs into a table.
 */
const noJudges = [
  ...systemTests,
  'test/scenarios/*invariants.test.ts',
  // It finds its own mutants by the source's text, which is another one here.
  'test/unit/worlds-mutants.test.ts',
  // It starts the command by its path.
  'test/cli/completion.test.ts',
]

export default defineConfig({
  test: {
    setupFiles: ['test/run/setup.ts', 'test/run/mutation-setup.ts'],
    globalSetup: ['test/run/temporary-folder.ts'],
    sequence: { sequencer: TablesFirst },
    maxWorkers: 1,
    // Within one mutant the tests share what they import; the next mutant has a new worker, where its modules run anew.
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          isolate: false,
          include: judges.filter(file => !alone.includes(file)),
          exclude: noJudges,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: judges.filter(file => alone.includes(file)), exclude: noJudges },
      },
    ],
  },
})
