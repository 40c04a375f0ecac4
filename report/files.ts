import { writeFileSync } from 'node:fs'
import { buildPage } from './page.ts'
import type { DrillRecord } from './record.ts'

/** Writes a record and its page to the files that were asked for, and says which. @throws where a file cannot be written. */
export const writeRecord = (
  record: DrillRecord,
  { record: recordFile, report: pageFile }: { readonly record?: string; readonly report?: string },
): string[] => {
  if (recordFile !== undefined) writeFileSync(recordFile, `${JSON.stringify(record)}\n`)
  if (pageFile !== undefined) writeFileSync(pageFile, buildPage(record))
  return [recordFile, pageFile].filter(file => file !== undefined)
}
