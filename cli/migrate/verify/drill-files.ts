import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkWritable, type Overwriting, writeOut } from '../../../report/write-out.ts'
import { UsageError } from '../../failure.ts'
import type { DrilledBothPaths } from './drill-both-paths.ts'

/** Both records, and the page that compares them. */
const filesIn = (folder: string) => ({
  nlb: join(folder, 'nlb.json'),
  gateway: join(folder, 'gateway.json'),
  comparison: join(folder, 'comparison.html'),
})

/** The folder, in which the files of a drill can be written. @throws UsageError, FileError */
export const makeFolder = (folder: string, overwriting: Overwriting = {}): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UsageError(`--drill-records: ${(error as Error).message}`)
  }
  for (const file of Object.values(filesIn(folder))) checkWritable(file, overwriting)
}

/** @throws FileError where one of them cannot be written */
export const writeDrill = async (
  { nlb, gateway }: DrilledBothPaths,
  folder: string,
  overwriting: Overwriting = {},
): Promise<string[]> => {
  const { buildComparisonPage } = await import('../../../report/comparison-page.ts')
  const files = filesIn(folder)
  writeOut(files.nlb, `${JSON.stringify(nlb)}\n`, overwriting)
  writeOut(files.gateway, `${JSON.stringify(gateway)}\n`, overwriting)
  writeOut(files.comparison, buildComparisonPage(nlb, gateway), overwriting)
  return Object.values(files)
}
