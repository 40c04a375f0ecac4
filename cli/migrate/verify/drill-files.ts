import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DrillRecord } from '../../../report/record.ts'
import { checkWritable, type Overwriting, writeOut } from '../../../report/write-out.ts'
import { UsageError } from '../../failure.ts'
import type { DrilledPaths } from './drill-paths.ts'

/** A record for each path, and a page: of both, side by side; of the gateway alone, its own. */
const filesIn = (
  folder: string,
  isCompared: boolean,
): { readonly gateway: string; readonly nlb?: string; readonly page: string } => ({
  gateway: join(folder, 'gateway.json'),
  ...(isCompared
    ? { nlb: join(folder, 'nlb.json'), page: join(folder, 'comparison.html') }
    : { page: join(folder, 'gateway.html') }),
})

/** The folder, in which the files of a drill can be written. @throws UsageError, FileError */
export const makeFolder = (folder: string, isCompared: boolean, overwriting: Overwriting = {}): void => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new UsageError(`--drill-records: ${(error as Error).message}`)
  }
  for (const file of Object.values(filesIn(folder, isCompared))) checkWritable(file, overwriting)
}

/** @throws FileError where one of them cannot be written */
export const writeDrill = async (
  { nlb, gateway }: Pick<DrilledPaths, 'nlb' | 'gateway'>,
  folder: string,
  overwriting: Overwriting = {},
): Promise<string[]> => {
  const files = filesIn(folder, nlb !== undefined)
  if (files.nlb !== undefined) writeOut(files.nlb, `${JSON.stringify(nlb)}\n`, overwriting)
  writeOut(files.gateway, `${JSON.stringify(gateway)}\n`, overwriting)
  writeOut(files.page, await pageOf({ nlb, gateway }), overwriting)
  return Object.values(files)
}

const pageOf = async ({ nlb, gateway }: Pick<DrilledPaths, 'gateway'> & { nlb: DrillRecord | undefined }) => {
  if (nlb === undefined) return (await import('../../../report/page.ts')).buildPage(gateway)
  return (await import('../../../report/comparison-page.ts')).buildComparisonPage(nlb, gateway)
}
