import { drawTimeline } from './chart/timeline.ts'
import { escapeText } from './page/html.ts'
import { colours } from './page/style.ts'
import { wholeOf } from './page/timeline.ts'
import { headline } from './page/verdict.ts'
import type { DrillRecord } from './record.ts'

/** The timeline of a record as a picture of its own, for a ticket or a README: SVG, light or dark as its reader is. */
export const drawPicture = (record: DrillRecord): string => {
  const { figure, of } = headline(record)
  const title = `${record.title}: ${figure}, ${of}`
  return drawTimeline(record, wholeOf(record), 'wide').replace(
    />/,
    ` role="img"><title>${escapeText(title)}</title><style>${colours}\nsvg{background:var(--paper)}</style>`,
  )
}
