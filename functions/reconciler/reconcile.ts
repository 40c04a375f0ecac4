import { createAnnouncer } from './announce.ts'
import { apply } from './apply.ts'
import type { Config } from './config.ts'
import type { Reason } from './core/reasons.ts'
import type { Verdict } from './core/verdict.ts'
import { inspect, judgeNow } from './inspect.ts'
import { type Calm, createMemory, type Memory } from './memory.ts'
import { milestones } from './milestones.ts'
import { detailTypes } from './names.ts'
import { createObserver } from './observe.ts'
import { backOffMs, begunBefore, createPace, unfinishedOf } from './pace.ts'
import type { Ports, Report } from './ports.ts'
import { begin, did, failureAtEnd, hasJustMoved, type Progress, unseen } from './progress.ts'
import { calmAfter, recordAnswers, stillCalm } from './quiet.ts'
import { quietReport, reportOf } from './report.ts'
import type { Trigger } from './triggers.ts'
import { endOf, hasNothingToWaitFor, startOf } from './watch.ts'

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
  memory: Memory = createMemory(),
): Promise<Report> => {
  const { clock, telemetry } = ports
  const { intervalMs } = config.settle
  const invokedMs = clock.now()
  const telling = createTelling(trigger, config, ports)
  let progress = begin({
    invokedMs,
    startMs: startOf(trigger, invokedMs),
    isEvent: trigger.kind === 'rds-event' || trigger.kind === 'watch',
    readLagMs: config.settle.readLagMs,
    awaited: memory.awaited,
  })
  if (trigger.kind === 'rds-event' && trigger.ours === 'no') return telling.end(progress, 'other-database')

  const policies = trigger.kind === 'plan' ? ['dry-run' as const, ...config.policies] : config.policies
  const calm = trigger.kind !== 'rds-event' && trigger.isTick ? await stillCalm(config, ports, memory) : undefined
  if (calm !== undefined) return telling.quiet(calm, invokedMs)
  const begun = begunBefore(trigger, memory, { intervalMs, nowMs: invokedMs })
  const { calm: before } = memory
  delete memory.calm
  delete memory.unfinished

  const { dns, answers } = recordAnswers(ports.dns)
  const observer = createObserver(config, { ...ports, dns }, memory, begun)
  const pace = createPace({ trigger, config, clock, memory, before, begun })
  let hindered = 0
  let isTold = false

  for (;;) {
    const roundMs = clock.now()
    // What an earlier invocation remembers shows nothing.
    const shown = { doors: progress.latest === undefined ? [] : observer.doors() }
    for (const step of unseen(progress, shown, roundMs)) observer.forget(step)
    const question = { observer, trigger, config, clock, policies, ages: pace.ages(progress), isHeld: pace.isHeld }
    const inspection = await inspect(progress, question)
    if (inspection.verdict.reason === 'other-database') return telling.end(progress, 'other-database')
    if (hasJustMoved(progress, inspection.progress)) telemetry.writerMoved(progress.writer, inspection.progress.writer)

    const applied = await apply(inspection.due, ports)
    for (const step of [...applied.done, ...applied.uncertain]) observer.forget(step)
    for (const { listenerArn, weights } of applied.answers) observer.learn(listenerArn, weights)
    const { turnedAway } = applied
    for (const step of turnedAway) if (step.kind !== 'deregister') observer.keep(step)
    progress = did(inspection.progress, applied, clock.now())
    if (progress.hindrance?.kind === 'throttled') pace.turnedAway(turnedAway)
    memory.awaited = progress.awaited
    const verdict = judgeNow(progress, { trigger, config, clock })
    progress = telling.reached(progress, verdict)

    const endsMs = endOf(progress, {
      ...{ trigger, config, invokedMs, deadlineMs },
      nowMs: clock.now(),
      heldUntilMs: pace.heldUntilMs(progress),
    })
    const isOver = clock.now() >= endsMs || hasNothingToWaitFor(progress, trigger, config)
    if (verdict.isFinal || isOver) {
      const { rememberMs } = config
      const end = { reason: verdict.reason, before, answers, rememberMs, random: clock.random(), nowMs: clock.now() }
      const found = calmAfter(progress, end)
      if (found !== undefined) {
        memory.calm = found
        delete memory.held
      }
      const unfinished = unfinishedOf(progress)
      if (unfinished !== undefined) memory.unfinished = unfinished
      return telling.end(progress, verdict.reason)
    }

    const { hindrance } = progress
    hindered = hindrance === undefined ? 0 : hindered + 1
    if (hindrance) {
      const delayMs = Math.min(backOffMs(hindered, intervalMs, clock.random()), endsMs - clock.now())
      // AWS's refusals come in crowds: the first of a run is told.
      const isFirst = hindrance.kind === 'throttled' ? !isTold : hindered === 1
      if (isFirst) telemetry.retry(hindrance, delayMs)
      isTold ||= hindrance.kind === 'throttled'
      await clock.sleep(delayMs)
    } else if (applied.done.length === 0 || progress.isRepeating) {
      await clock.sleep(Math.max(0, Math.min(roundMs + intervalMs, endsMs) - clock.now()))
    }
  }
}

/** What an invocation announces on its path, and how it ends. */
const createTelling = (trigger: Trigger, config: Config, ports: Ports) => {
  const { clock, telemetry } = ports
  const announcer = createAnnouncer(ports, config.settle.intervalMs)
  const report = (progress: Progress, reason: Reason): Report =>
    reportOf(progress, reason, { config, trigger, nowMs: clock.now() })
  return {
    reached(progress: Progress, verdict: Verdict): Progress {
      const reached = milestones(progress, verdict, clock.now())
      for (const { progress: then, news } of reached) {
        if (news) announcer.announce(news.detailType, report(then, news.reason))
      }
      return reached.at(-1)?.progress ?? progress
    },
    quiet(calm: Calm, startMs: number): Report {
      const final = quietReport(calm, startMs, { config, trigger, nowMs: clock.now() })
      telemetry.summary(final)
      return final
    },
    /** @throws what AWS refused on the way, after everything has been announced. */
    async end(progress: Progress, reason: Reason): Promise<Report> {
      const final = report(progress, reason)
      const failure = failureAtEnd(progress, { nowMs: clock.now(), patienceMs: config.watch.completedMs })
      if (failure === undefined && final.outcome === 'waiting') announcer.announce(detailTypes.waiting, final)
      if (failure === undefined && final.outcome === 'refused') announcer.announce(detailTypes.refused, final)
      await announcer.finish()
      if (failure !== undefined) {
        telemetry.failed(failure, final)
        throw failure
      }
      telemetry.summary(final)
      return final
    },
  }
}
