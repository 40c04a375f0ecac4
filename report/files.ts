import { buildPage } from './page.ts'
import type { DrillRecord } from './record.ts'
import { filesOf, type RecordFiles, writeOut } from './write-out.ts'

/** Writes a record and its page to the files that were asked for, and says which. @throws FileError */
export const writeRecord = (record: DrillRecord, files: RecordFiles): string[] => {
  if (files.record !== undefined) writeOut(files.record, `${JSON.stringify(record)}\n`, files)
  if (files.report !== undefined) writeOut(files.report, buildPage(record), files)
  return filesOf(files)
}
