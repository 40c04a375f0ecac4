import { numberPhases, type PhaseNumbers } from '../chart/phase-numbers.ts'
import { sayDuration } from '../chart/window.ts'
import { sayPatience, sayShort } from '../manner.ts'
import { figuresOf } from '../measure.ts'
import type { Moment, Phase, Probe } from '../record/words.ts'
import type { DrillRecord } from '../record.ts'
import { sayCounts, sayFields } from './fields.ts'
import { html, type Markup, raw } from './html.ts'

export const sayLatency = (ms: number | undefined): string => (ms === undefined ? '–' : sayShort(ms))

/**
 * The phases as cards, which are also the legend of the chart. `others`: phases of the record beside it; one that is
 * missing here leaves a gap of its number.
 */
export const phaseCards = (
  phases: readonly Phase[],
  { numbers = numberPhases([{ phases }]), others = [] }: { numbers?: PhaseNumbers; others?: readonly Phase[] } = {},
): Markup =>
  html`<ol class="phases">${[...numbers].map(([until, number]) => {
    const phase = phases.find(one => one.until === until)
    const name = (phase ?? others.find(one => one.until === until))?.name
    return html`
<li style="--phase:var(--phase-${((number - 1) % 6) + 1})"${!phase && raw(' class="gap"')}><span class="name"><i>${number}</i>${name}</span>${phase ? tookOf(phase) : html`<b>–</b><span class="at">not reached</span>`}</li>`
  })}</ol>`

const tookOf = ({ fromMs, toMs }: Phase): Markup =>
  toMs === undefined
    ? html`<b>never</b><span class="at">waited for since ${sayDuration(fromMs)}</span>`
    : html`<b>${sayDuration(toMs - fromMs)}</b><span class="at">${sayDuration(fromMs)} to ${sayDuration(toMs)}</span>`

const outageRow = (probe: Probe, endedMs: number): Markup => {
  const figures = figuresOf(probe, endedMs)
  const cells: readonly (readonly [string, string, 'n' | ''])[] = [
    ['Longest outage', figures.longestOutageMs === 0 ? 'none' : sayDuration(figures.longestOutageMs), 'n'],
    ['All outages', `${sayDuration(figures.totalOutageMs)} in ${probe.outages.length}`, 'n'],
    ['Failed', `${figures.failures} of ${figures.attempts}`, 'n'],
    ['How', sayCounts(figures.errors) || '–', ''],
    ['Every', sayShort(probe.everyMs), 'n'],
    ['Patience', sayPatience(probe), 'n'],
    ['Usual latency', sayLatency(figures.medianMs), 'n'],
    ['Slowest', sayLatency(figures.slowestMs), 'n'],
  ]
  return html`<tr><th scope="row">${probe.name}<br><span class="fields">${
    probe.path === 'front-door' ? 'through the front door' : 'straight to the endpoint'
  }${figures.isDown && ', down at the end'}</span></th>${cells.map(
    ([name, value, kind]) => html`<td data-name="${name}" class="${kind}">${value}</td>`,
  )}</tr>`
}

export const outageTable = ({ probes, endedMs }: DrillRecord): Markup => html`<table class="stack"><thead><tr>
<th scope="col">Client</th><th scope="col" class="n">Longest outage</th><th scope="col" class="n">All outages</th><th scope="col" class="n">Failed</th><th scope="col">How</th><th scope="col" class="n">Every</th><th scope="col" class="n">Patience</th><th scope="col" class="n">Usual latency</th><th scope="col" class="n">Slowest</th>
</tr></thead><tbody>${probes.map(probe => outageRow(probe, endedMs))}</tbody></table>`

/** Reads repeat themselves; a reader wants each once and what changed. */
const withoutRepetitions = (moments: readonly Moment[]): Moment[] => {
  const last = new Map<string, string>()
  return moments.filter(({ lane, what, fields }) => {
    if (lane !== 'api' || !what.startsWith('Describe')) return true
    const { tookMs, ...found } = fields
    const text = JSON.stringify(found)
    const isSame = last.get(what) === text
    last.set(what, text)
    return !isSame
  })
}

export const momentTable = ({ moments, speed }: DrillRecord): Markup => html`<table class="moments"><thead><tr>
<th scope="col" class="n">Time</th><th scope="col">Lane</th><th scope="col">What</th><th scope="col">Details</th></tr></thead><tbody>${withoutRepetitions(
  moments,
).map(
  ({ atMs, lane, what, fields }) => html`
<tr><td class="n">${(atMs / 1000).toFixed(1)} s</td><td><span class="lane ${lane}">${lane}</span></td><td>${what}</td><td class="fields">${sayFields(fields, speed)}</td></tr>`,
)}</tbody></table>`
