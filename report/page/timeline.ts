import type { Format } from '../chart/layout.ts'
import type { PhaseNumbers } from '../chart/phase-numbers.ts'
import { drawTimeline } from '../chart/timeline.ts'
import type { Window } from '../chart/window.ts'
import type { DrillRecord } from '../record.ts'
import { html, type Markup, raw } from './html.ts'
import { phaseCards } from './tables.ts'

/** What came before the failover is there for comparison; a sliver of it is enough. */
export const wholeOf = ({ beganMs, endedMs }: DrillRecord): Window => ({
  fromMs: Math.max(beganMs, -Math.max(1_000, endedMs * 0.04)),
  toMs: endedMs,
})

/** Seconds of a story as short as this are apart enough. */
const legibleMs = 20_000

/**
 * The part in which things happen by the second, where the whole story is so long that they would lie on top of each
 * other: until shortly after the last phase that is short.
 */
export const busyPart = (record: DrillRecord): Window | undefined => {
  const whole = wholeOf(record)
  const early = record.phases.filter(({ toMs }) => toMs !== undefined && toMs < record.endedMs * 0.25)
  const lastMs = Math.max(0, ...early.map(({ toMs = 0 }) => toMs))
  if (lastMs === 0 || record.endedMs < legibleMs) return undefined
  const toMs = Math.min(record.endedMs, Math.ceil((lastMs * 1.6) / 1_000) * 1_000)
  return { fromMs: Math.max(whole.fromMs, -toMs * 0.06), toMs }
}

const formats: readonly Format[] = ['wide', 'narrow']

const picture = (record: DrillRecord, window: Window, caption: string, numbers?: PhaseNumbers): Markup => html`<figure>
<figcaption>${caption}</figcaption>
${formats.map(format => html`<div class="${format}" aria-hidden="true">${raw(drawTimeline(record, window, format, numbers))}</div>`)}
</figure>`

export const wholePicture = (record: DrillRecord, numbers?: PhaseNumbers): Markup =>
  picture(
    record,
    wholeOf(record),
    'The whole story, from the failover on. The tables below say the same in words.',
    numbers,
  )

export const timelineLegend: readonly (readonly [string, string])[] = [
  ['--good', 'works, healthy'],
  ['--bad', 'down, unhealthy'],
  ['--wait', 'on its way, RDS event'],
  ['--repoint', 'Repoint'],
  ['--old', 'old address'],
  ['--new', 'new address'],
  ['--latency', 'latency of what worked'],
]

export const timelineSection = (record: DrillRecord): Markup => {
  const busy = busyPart(record)
  return html`<section class="story" aria-labelledby="timeline"><h2 id="timeline">What took how long</h2>
<p>Each phase ends when something had happened that a client needs. The numbers are the ones above the timeline.</p>
${phaseCards(record.phases)}
${wholePicture(record)}
${busy && picture(record, busy, `Its first ${Math.round(busy.toMs / 1_000)} seconds, enlarged.`)}
<ul class="legend" aria-hidden="true">${timelineLegend.map(([colour, meaning]) => html`<li><i style="--c:var(${colour})"></i>${meaning}</li>`)}</ul>
</section>`
}
