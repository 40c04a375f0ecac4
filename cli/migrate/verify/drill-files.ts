import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../failure.ts'
import type { DrilledBothPaths } from './drill-both-paths.ts'

/** @throws UsageError */
export const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UsageError(`--drill-records: ${(error as Error).message}`)
  }
}

/** Both records, and the page that compares them. @throws UsageError where the folder cannot be written. */
export const writeDrill = async ({ nlb, gateway }: DrilledBothPaths, folder: string): Promise<string[]> => {
  const { buildComparisonPage } = await import('../../../report/comparison-page.ts')
  const files: readonly (readonly [string, string])[] = [
    [join(folder, 'nlb.json'), `${JSON.stringify(nlb)}\n`],
    [join(folder, 'gateway.json'), `${JSON.stringify(gateway)}\n`],
    [join(folder, 'comparison.html'), buildComparisonPage(nlb, gateway)],
  ]
  try {
    for (const [file, content] of files) writeFileSync(file, content)
  } catch (error) {
    throw new UsageError(`--drill-records: ${(error as Error).message}`)
  }
  return files.map(([file]) => file)
}
