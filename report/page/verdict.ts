import { sayDuration } from '../chart/window.ts'
import { reactionOf } from '../compare.ts'
import { isAlike, sayManner } from '../manner.ts'
import { figuresOf } from '../measure.ts'
import type { Probe, VerdictOutcome } from '../record/words.ts'
import type { DrillRecord } from '../record.ts'
import { html, type Markup } from './html.ts'

const outcomeWords: Readonly<Record<VerdictOutcome, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  measured: 'Measured',
  interrupted: 'Interrupted',
}

/** The client that suffered most at the front door: what a failover costs. */
export const worstClient = ({
  probes,
  endedMs,
}: DrillRecord): { probe: Probe; outageMs: number; isDown: boolean } | undefined =>
  probes
    .filter(({ path }) => path === 'front-door')
    .map(probe => {
      const { longestOutageMs, isDown } = figuresOf(probe, endedMs)
      return { probe, outageMs: longestOutageMs, isDown }
    })
    .toSorted((a, b) => Number(b.isDown) - Number(a.isDown) || b.outageMs - a.outageMs)[0]

/** The figure that everybody asks for, and what it is. */
export const headline = (record: DrillRecord): { figure: string; of: string } => {
  const worst = worstClient(record)
  if (!worst) return { figure: 'No client', of: 'nobody probed the front door' }
  const { probe, outageMs, isDown } = worst
  if (outageMs === 0) {
    const manners = new Set(record.probes.filter(({ path }) => path === 'front-door').map(sayManner))
    return { figure: 'No outage', of: `every attempt of every client worked (${[...manners].join('; ')})` }
  }
  const figure = `${isDown ? 'more than ' : ''}${sayDuration(outageMs)}`
  const of = `the longest outage of a client (${probe.name}; ${grainOf(record, probe)})`
  return { figure, of: `${isDown ? 'and still down: ' : ''}${of}` }
}

/** How finely an outage is told: it begins with an attempt of this client and ends with one. */
const grainOf = ({ probes }: DrillRecord, worst: Probe): string => {
  const others = probes.filter(probe => probe.path === 'front-door' && probe !== worst)
  const isMixed = !others.every(other => isAlike(other, worst))
  const beside = isMixed ? '; other clients attempt in another way, so that their outages do not compare' : ''
  return `${sayManner(worst)}: the figure is no finer${beside}`
}

const when = (record: DrillRecord): string => `${record.startedAt.slice(0, 19).replace('T', ' ')} UTC`

export const verdictSection = (record: DrillRecord): Markup => {
  const { verdict, database, frontDoor, kind } = record
  const { figure, of } = headline(record)
  const reactedMs = reactionOf(record)
  const reaction =
    reactedMs !== undefined &&
    html`<p class="figure">${sayDuration(reactedMs)}<small>from the DNS change to the new registration</small></p>`
  const facts: readonly (readonly [string, string])[] = [
    ['Database', `${database.id} (${[database.engine, database.kind].filter(Boolean).join(', ')})`],
    [
      'Front door',
      `${frontDoor.kind.toUpperCase()} ${frontDoor.name}${frontDoor.strategy ? `, ${frontDoor.strategy}` : ''}`,
    ],
    ['Cause', record.cause],
    [kind === 'drill' ? 'Drilled' : 'Rehearsed', when(record)],
  ]
  return html`<section class="hero" aria-labelledby="title">
<div class="hero-top"><span class="badge ${verdict.outcome}">${outcomeWords[verdict.outcome]}</span><h1 id="title">${record.title}</h1></div>
<div class="figures"><p class="figure">${figure}<small>${of}</small></p>${reaction}</div>
<p class="sentence">${verdict.sentence}</p>
${
  verdict.checks.length > 0 &&
  html`<ul class="checks">${verdict.checks.map(
    ({ what, holds, isUnknown, found }) =>
      html`<li class="${holds ? 'kept' : 'broken'}">${!holds && (isUnknown ? 'Not checked: ' : 'Broken: ')}${what}${found !== undefined && html` <span>(${found})</span>`}</li>`,
  )}</ul>`
}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}
