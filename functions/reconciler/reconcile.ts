import { apply } from './apply.ts'
import type { Config } from './config.ts'
import { placeOf } from './core/model.ts'
import { dueSteps, plan } from './core/plan.ts'
import { permit } from './core/policies.ts'
import { judge } from './core/verdict.ts'
import { openJournal } from './journal.ts'
import { createObserver, type Look } from './observe.ts'
import type { Ports, Report } from './ports.ts'
import type { Trigger } from './triggers.ts'
import { watchOf, windowOf } from './watch.ts'

/**
 * One path for every trigger: observe, plan, apply, verify, report; and again, until the writer is settled and served
 * or the budget is spent.
 *
 * - The trigger only wakes us and says how long to look. What the database does is read.
 * - Every write is decided on target groups that were read after the DNS answer of the same round, and only one step a
 *   front door is taken before the next look. So whoever comes second finds the work done, and whoever was slow finds
 *   that the world has moved on.
 * - A failed look or an AWS that asks to wait changes nothing and is tried again within the budget. A step that AWS
 *   refuses is not asked again and holds what is planned behind it; the rest goes on, and the refusal is thrown at the
 *   end, so that Lambda retries and alarms ring.
 * - If the process dies after any call, the next invocation observes what was done and goes on from there: there is no
 *   state but AWS's.
 */
export const reconcile = async (
  trigger: Trigger,
  config: Config,
  ports: Ports,
  deadlineMs: number,
): Promise<Report> => {
  const { clock } = ports
  const journal = openJournal(trigger, config, ports)
  if (trigger.kind === 'rds-event' && trigger.ours === 'no') return journal.close('other-database')

  const { intervalMs, spanMs } = config.settle
  const policies = trigger.kind === 'plan' ? ['dry-run' as const, ...config.policies] : config.policies
  const observer = createObserver(config, ports, journal.faults)
  const invokedMs = clock.now()
  let hindered = 0
  let isOurs = false

  for (;;) {
    const roundMs = clock.now()
    let look = await observer.look(journal.isAwaitingHealth() ? 5 * intervalMs : 30 * intervalMs)
    // Once ours, always ours: a member that fails may leave the cluster during its own watch.
    if (!isOurs && isForeign(trigger, look)) return journal.close('other-database')
    isOurs ||= look.memberIds !== undefined
    // Look again right before each write.
    let steps = plan(look)
    const { isFresh } = look
    if (permit(steps, policies).permitted.some(step => !isFresh(placeOf(step)))) {
      look = await observer.lookAgain(look)
      steps = plan(look)
    }

    const { permitted, withheldBy } = permit(steps, policies)
    const due = dueSteps(permitted).filter(step => look.isFresh(placeOf(step)) && !journal.isRefused(step))
    const applied = await apply(due, ports)
    for (const { step, error } of applied.refused) journal.refuse(step, error)
    for (const step of [...applied.done, ...applied.uncertain]) observer.forget(placeOf(step))

    // What AWS refused is not asked again, and what was planned behind it waits: the rest of the world is judged.
    const stuck = new Set(dueSteps(permitted).filter(journal.isRefused).map(placeOf))
    const open = { ...look, doors: look.doors.filter(door => !stuck.has(placeOf(door))) }
    const hindrance = look.hindrance ?? applied.hindrance
    journal.note(open, steps, applied, hindrance)
    const verdict = judge({
      watch: watchOf(trigger),
      isEvent: trigger.kind === 'rds-event',
      observation: open,
      steps: steps.filter(step => !stuck.has(placeOf(step))),
      isBlind: look.isBlind,
      stepsDone: journal.stepsDone,
      ...(withheldBy && permitted.length === 0 && { withheldBy }),
      isHindered: hindrance !== undefined || look.doors.length === 0,
      hasMoved: journal.hasMoved(),
      wasEmpty: journal.wasEmpty(),
      unusedForMs: journal.unusedForMs(),
      spanMs,
    })
    journal.celebrate(verdict)

    const endsMs = Math.min(windowOf(trigger, config, invokedMs, journal.lastStepMs()), deadlineMs)
    const isOver = clock.now() >= endsMs
    const isStuck = watchOf(trigger) === 'check' && stuck.size > 0 && open.doors.length === 0
    if (verdict.isFinal || isOver || isStuck || journal.hasOnlyFaults()) return journal.close(verdict.reason)

    hindered = hindrance === undefined ? 0 : hindered + 1
    const restMs = Math.max(0, Math.min(roundMs + intervalMs, endsMs) - clock.now())
    if (hindrance) {
      const delayMs = Math.min(backOffMs(hindered, intervalMs, clock.random()), endsMs - clock.now())
      ports.telemetry.retry(hindrance, delayMs)
      await clock.sleep(delayMs)
    } else if (applied.done.length === 0 || journal.isRepeating()) await clock.sleep(restMs)
  }
}

/** Full jitter over a growing pause: many functions meet the same bucket when a zone fails. */
const backOffMs = (attempt: number, intervalMs: number, random: number): number =>
  intervalMs * (0.25 + random * Math.min(2 ** attempt, 10))

const isForeign = (trigger: Trigger, look: Look): boolean =>
  trigger.kind === 'rds-event' &&
  trigger.ours === 'if-member' &&
  look.memberIds !== undefined &&
  !look.memberIds.some(id => id.toLowerCase() === trigger.instanceId?.toLowerCase())
