import type { Command } from 'commander'
import { readText } from '../../infra/app/settings/read-text.ts'
import { compareRecords } from '../../report/compare.ts'
import { extractRecord } from '../../report/page/frame.ts'
import { type DrillRecord, largestRecord, parseRecord, RecordError } from '../../report/record.ts'
import { writeOut } from '../../report/write-out.ts'
import { UsageError } from '../failure.ts'
import { type Output, openOutput } from '../output.ts'
import { showComparison, showRecord } from '../text/drill-record.ts'

export interface ReportOptions {
  readonly output?: string
  readonly json?: boolean
  readonly force?: boolean
}

export const addReport = (program: Command): void => {
  program
    .command('report')
    .summary('show the record of a drill or a rehearsal, or compare two')
    .description(
      'Shows a record that `repoint drill` or a lab rehearsal has written, as text or as one self-contained page. Two records are compared: before and after a change, or one front door and the other. Needs no AWS.',
    )
    .argument('<record>', 'a record (JSON), or a page that holds one')
    .argument('[other]', 'another one to compare it with')
    .option('-o, --output <file>', 'write a page (.html), or of one record its timeline as a picture (.svg)')
    .option('--force', 'replace the file where it exists')
    .option('--json', 'the record, or the comparison, as JSON on stdout')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint report orders.json                        in this terminal
  $ repoint report orders.json -o orders.html         a page to show around
  $ repoint report orders.json -o orders.svg          its timeline, for a ticket
  $ repoint report before.json after.json -o both.html`,
    )
    .action((file: string, other: string | undefined, options: ReportOptions) =>
      runReport(openOutput({ json: options.json === true }), file, other, options),
    )
}

/** @throws UsageError, FileError */
export const runReport = async (
  out: Output,
  file: string,
  other: string | undefined,
  { output, force }: ReportOptions,
): Promise<void> => {
  const record = readRecord(file)
  const against = other === undefined ? undefined : readRecord(other)
  if (output !== undefined) {
    writeOut(output, await drawingOf(output, record, against), { force: force === true })
    out.note(`Wrote ${output}`)
  }
  if (output !== undefined && !out.isJson) return
  if (against) out.result(showComparison(record, against), compareRecords(record, against))
  else out.result(showRecord(record, out.paint), record)
}

/** The charting library is loaded by whoever wants a drawing. @throws UsageError */
const drawingOf = async (file: string, record: DrillRecord, against: DrillRecord | undefined): Promise<string> => {
  if (file.endsWith('.svg')) {
    if (against) throw new UsageError('A picture shows one record: name one, or write a page (.html) of both.')
    return (await import('../../report/picture.ts')).drawPicture(record)
  }
  if (!against) return (await import('../../report/page.ts')).buildPage(record)
  return (await import('../../report/comparison-page.ts')).buildComparisonPage(record, against)
}

const readRecord = (file: string): DrillRecord => {
  try {
    const content = readText(file, largestRecord)
    return parseRecord(file, content.startsWith('<') ? (extractRecord(content) ?? '') : content)
  } catch (error) {
    if (error instanceof RecordError) throw new UsageError(error.message)
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`)
  }
}
