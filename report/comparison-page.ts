import { drawPhaseBars } from './chart/bars.ts'
import { numberPhases } from './chart/phase-numbers.ts'
import { type Comparison, compareRecords, sayDifference, sayTime } from './compare.ts'
import { frame } from './page/frame.ts'
import { html, type Markup, raw } from './page/html.ts'
import { outageTable, phaseCards } from './page/tables.ts'
import { wholePicture } from './page/timeline.ts'
import { headline } from './page/verdict.ts'
import type { DrillRecord } from './record.ts'

/** Two records on one self-contained page: what a change has cost or saved. */
export const buildComparisonPage = (before: DrillRecord, after: DrillRecord): string => {
  const comparison = compareRecords(before, after)
  const records = [before, after]
  const numbers = numberPhases(records)
  return frame({
    title: `${before.title} and ${after.title}: compared by Repoint`,
    body: [
      html`<h1>Repoint: two failovers compared</h1>
<div class="pair">${records.map((record, index) => hero(record, letters[index] ?? ''))}</div>`,
      html`<section aria-labelledby="difference"><h2 id="difference">What is different</h2>
${comparison.caveats.map(caveat => html`<p>${caveat}</p>`)}
${formats.map(format => html`<div class="${format}" aria-hidden="true">${raw(drawPhaseBars({ records, names: letters, numbers }, format))}</div>`)}
<div class="scroll">${differenceTable(comparison)}</div>
<h3>Errors, writes and checks</h3>
<div class="scroll">${besideTable(comparison)}</div></section>`,
      ...records.map(
        (
          record,
          index,
        ) => html`<section aria-labelledby="record-${letters[index]}"><h2 id="record-${letters[index]}">${letters[index]}: ${record.title}</h2>
${phaseCards(record.phases, { numbers, others: records[1 - index]?.phases ?? [] })}${wholePicture(record, numbers)}<div class="scroll">${outageTable(record)}</div></section>`,
      ),
      html`<footer>${records.map(({ notes }, index) => html`<p>${letters[index]}: ${notes.join(' ')}</p>`)}</footer>`,
    ],
    records,
  })
}

const letters = ['A', 'B']
const formats = ['wide', 'narrow'] as const

const hero = (record: DrillRecord, letter: string): Markup => {
  const { figure, of } = headline(record)
  const { frontDoor, database, startedAt } = record
  return html`<section class="hero"><div class="hero-top"><span class="badge ${record.verdict.outcome}">${letter}</span><h2>${record.title}</h2></div>
<div class="figures"><p class="figure">${figure}<small>${of}</small></p></div>
<dl class="facts"><div><dt>Database</dt><dd>${database.id}</dd></div><div><dt>Front door</dt><dd>${frontDoor.kind.toUpperCase()} ${frontDoor.name}</dd></div><div><dt>When</dt><dd>${startedAt.slice(0, 10)}</dd></div></dl></section>`
}

const differenceTable = ({ outages, times }: Comparison): Markup => html`<table class="stack"><thead><tr>
<th scope="col">What</th><th scope="col" class="n">A</th><th scope="col" class="n">B</th><th scope="col" class="n">B is</th></tr></thead><tbody>${[
  ...outages,
  ...times,
].map(pair => {
  const { name, before, after } = pair
  const isBetter = (after ?? 0) < (before ?? 0)
  const said = sayDifference(pair)
  const isNothing = said === '–' || said === 'the same'
  return html`<tr><th scope="row">${name}</th><td data-name="A" class="n">${sayTime(pair, 'before')}</td><td data-name="B" class="n">${sayTime(pair, 'after')}</td><td data-name="B is" class="n ${
    isNothing ? '' : isBetter ? 'better' : 'worse'
  }">${said}</td></tr>`
})}</tbody></table>`

const besideTable = ({ beside }: Comparison): Markup => html`<table class="stack"><thead><tr>
<th scope="col">What</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>${beside.map(
  ({ name, before = '–', after = '–' }) =>
    html`<tr><th scope="row">${name}</th><td data-name="A">${before}</td><td data-name="B">${after}</td></tr>`,
)}</tbody></table>`
