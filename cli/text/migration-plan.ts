import type { Judgement } from '../checks/finding.ts'
import type { MigrationPlan, Next } from '../migrate/plan/plan-migration.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showStanding } from './standing.ts'
import { showTable } from './table.ts'

/** The plan as a page for people. */
export const showPlan = (given: MigrationPlan, paint: Paint): string => {
  const plan = inlineAll(given)
  const { database, consumer, weights } = plan
  const title = consumer === undefined ? database : `${database} for ${consumer}`
  const shares =
    weights === undefined
      ? ''
      : `   weights: ${weights.nlb ?? 'no record'} load balancer, ${weights.gateway ?? 'no record'} gateway`
  return [
    paint('bold', title),
    '',
    `provider  ${showStanding(plan.provider)}`,
    ...(plan.consumerSide === undefined ? [] : [`consumer  ${showStanding(plan.consumerSide)}${shares}`]),
    ...plan.differences.flatMap(it => showDifference(it, paint)),
    ...showNext(plan.next, paint),
    ...showCosts(plan, paint),
    '',
    paint('bold', 'When not to'),
    ...plan.whenNot.map(({ kind, text }) => `  ${kind === 'blocks' ? paint('red', '✗') : '·'} ${text}`),
  ].join('\n')
}

const showDifference = ({ severity, fact, remedy }: Judgement, paint: Paint): string[] => [
  `${severity === 'warning' ? paint('yellow', '! drift') : paint('cyan', 'i pending')}  ${fact}`,
  `   ${paint('dim', 'remedy')}  ${remedy}`,
]

const signs = { added: '+', changed: '~', removed: '-' } as const
const verbs = { edit: 'edit', run: 'run ', look: 'look' } as const

const showNext = (next: Next, paint: Paint): string[] => {
  if (next.kind === 'done') return ['', next.why]
  if (next.kind === 'first')
    return ['', `${paint('yellow', 'First')}  ${next.why}`, `   ${paint('dim', 'remedy')}  ${next.remedy}`]
  if (next.kind === 'refused') {
    return ['', `${paint('red', `${next.to} is refused`)}  from ${next.from}: ${next.why}`]
  }
  const list = (head: string, texts: readonly string[]) => [head, ...texts.map(text => `  ${text}`)]
  return [
    '',
    paint('bold', `Next: ${next.to}${next.from === next.to ? '' : ` (from ${next.from})`}`),
    ...next.changes.map(({ side, what, text }) => `  ${signs[what]} ${side.padEnd(8)} ${text}`),
    ...(next.changes.length === 0 ? ['  nothing changes'] : []),
    '',
    ...list('How long', next.takes),
    ...list('Not to be undone', next.notUndone),
    ...list('Going back', [next.undo]),
    '',
    paint('bold', 'Do'),
    ...next.steps.map((step, index) => `  ${String(index + 1).padStart(2)}. ${verbs[step.do]}  ${step.text}`),
  ]
}

const showCosts = ({ costs, next }: MigrationPlan, paint: Paint): string[] => {
  const { assumed, stages, notes } = costs
  const wanted = next.kind === 'stage' ? next.to : undefined
  const rows = stages.map(({ stage, usdPerMonth, lines }) => [
    stage === wanted ? `${stage} ←` : stage,
    usdPerMonth.toFixed(2),
    lines
      .map(({ item, usd, isUnconfirmed }) => `${item} ${usd.toFixed(2)}${isUnconfirmed ? ' UNCONFIRMED' : ''}`)
      .join(' + '),
  ])
  return [
    '',
    paint(
      'bold',
      `Costs, USD a month, with ${assumed.gbPerMonth} GB and ${assumed.zones} zones (--gb-per-month, --zones)`,
    ),
    showTable({ head: ['STAGE', 'USD', 'OF WHICH'].map(name => paint('dim', name)), rows }),
    ...notes.map(note => paint('dim', `  ${note}`)),
  ]
}
