import type { DoorView } from '../../functions/reconciler/core/model.ts'
import type { Report } from '../../functions/reconciler/ports.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { Pause } from '../facts/pause-note.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showOutcome, showRegistration, showWriter, stepText, targetGroupName } from './core-terms.ts'
import { showDuration } from './durations.ts'
import { showFields } from './table.ts'

/** A report, and beside that of a plan what would hold its steps back. */
export type Answered = Report & { readonly pause?: Gathered<Pause | undefined> }

/** A reconcile's report as `resync`, `plan` and `events replay` print it: before, plan, after. */
export const showReport = (given: Answered, paint: Paint): string => {
  const report = inlineAll(given)
  const { outcome, reason, trigger, timings } = report
  const cause = [trigger.kind, trigger.eventId, trigger.meaning].filter(Boolean).join(', ')
  const title = `${paint('bold', report.database)}  ${showOutcome(outcome, paint)}  ${reason}`
  return [
    title,
    showFields([
      ['trigger', cause],
      ['writer', showWriter(report.writer)],
      ['before', showDoors(report.before, paint)],
      ['plan', showPlan(report)],
      ['pause', showPause(report)],
      ['after', showDoors(report.after, paint)],
      ['took', showTimings(timings)],
      ['remedy', report.remedy],
    ]),
  ].join('\n')
}

const showPause = ({ pause, database }: Answered): string | undefined => {
  if (pause === undefined || pause.kind === 'none') return undefined
  if (pause.kind === 'unknown') return `not known: ${pause.why}`
  if (pause.value === undefined) return undefined
  return `${sayPause(pause.value)}\nNothing acts before \`repoint resume -d ${database}\`, but \`resync --even-if-paused\`.`
}

const showDoors = (doors: readonly DoorView[], paint: Paint): string =>
  doors
    .map(({ targetGroupArn, registrations }) => {
      const held = registrations.map(registration => showRegistration(registration, paint)).join(', ')
      return `${targetGroupName(targetGroupArn)}: ${held || paint('red', 'nothing is registered')}`
    })
    .join('\n') || 'not read'

const showPlan = ({ plan, stepsDone }: Report): string =>
  plan.map((step, index) => `${stepText(step)} ${index < stepsDone.length ? '(done)' : '(not done)'}`).join('\n') ||
  'nothing to do'

const showTimings = ({ invokedMs, registeredMs, healthyMs, totalMs, looks }: Report['timings']): string =>
  [
    `${showDuration(totalMs)} with ${looks} look${looks === 1 ? '' : 's'}`,
    ...(invokedMs > 0 ? [`the function began ${showDuration(invokedMs)} after the event`] : []),
    ...(registeredMs === undefined ? [] : [`registered after ${showDuration(registeredMs)}`]),
    ...(healthyMs === undefined ? [] : [`healthy after ${showDuration(healthyMs)}`]),
  ].join(', ')

/** `until …, by …: why`. */
export const sayPause = (pause: Pick<Pause, 'until' | 'by' | 'reason'>): string => {
  const { until, by, reason } = inlineAll(pause)
  return `until ${until}${by === undefined ? '' : ` by ${by}`}: ${reason}`
}
