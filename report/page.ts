import { frame } from './page/frame.ts'
import { html, type Markup } from './page/html.ts'
import { momentTable, outageTable } from './page/tables.ts'
import { timelineSection } from './page/timeline.ts'
import { verdictSection } from './page/verdict.ts'
import type { DrillRecord } from './record.ts'

/** One self-contained page that tells what happened: verdict, phases, timeline, tables, and the record itself. */
export const buildPage = (record: DrillRecord): string =>
  frame({
    title: `${record.title}: ${record.kind === 'drill' ? 'drill' : 'rehearsal'} by Repoint`,
    body: [
      verdictSection(record),
      timelineSection(record),
      html`<section aria-labelledby="clients"><h2 id="clients">What clients saw</h2>
<p>An outage lasts from the first attempt that failed to the end of the first that worked again.</p>
<div class="scroll">${outageTable(record)}</div></section>`,
      html`<section class="long" aria-labelledby="moments"><h2 id="moments">What happened</h2>
<p>In seconds since the failover was begun. Reads that found nothing new are left out.</p>
<div class="scroll">${momentTable(record)}</div></section>`,
      notesOf(record),
    ],
    records: [record],
  })

const notesOf = ({ notes, database }: DrillRecord): Markup =>
  html`<footer><p>${database.endpoint}:${database.port}</p>${notes.map(
    note => html`<p>${note}</p>`,
  )}<p>This page holds the whole record: <code>repoint report</code> reads it like the record's own file.</p></footer>`
