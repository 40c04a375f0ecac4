import { createMemory } from '../../functions/reconciler/memory.ts'
import { type Ports, type Telemetry, TransientError } from '../../functions/reconciler/ports.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import type { Trigger } from '../../functions/reconciler/triggers.ts'
import { delays } from '../delays.ts'
import type { FleetAccount } from './fleet-account.ts'
import type { FleetClock } from './fleet-clock.ts'
import type { FleetDatabase } from './fleet-database.ts'

/** The function of one database, as Lambda runs it: one at a time, what comes meanwhile is tried again. */
export interface FleetFunction {
  tick(): void
  event(watch: 'started' | 'completed'): void
  /** What runs now. */
  readonly running: () => Trigger['kind'] | undefined
  /** Events that are not done with. */
  readonly openEvents: () => number
  /** Runs for an event that ended without knowing, because AWS turned them away. */
  readonly gaveUp: () => number
  readonly logLines: () => number
}

const timeoutMs = 900_000
const marginMs = 20_000
/** After that age, what could not be run is dropped. */
const oldestMs = { tick: 60_000, event: 3_600_000 }

export const createFleetFunction = (
  database: FleetDatabase,
  { account, clock }: { account: FleetAccount; clock: FleetClock },
): FleetFunction => {
  const memory = createMemory()
  let running: Trigger['kind'] | undefined
  let openEvents = 0
  let gaveUp = 0
  let logLines = 0
  const log = () => {
    logLines += 1
  }
  const telemetry: Telemetry = {
    stepDone: log,
    retry: log,
    writerMoved: log,
    notProved: log,
    reportNotPublished: log,
    summary: log,
    failed: log,
  }
  const ports: Ports = {
    ...database.ports,
    frontDoor: account.frontDoor,
    publisher: { publish: async () => {} },
    telemetry,
    clock,
  }

  const run = async (trigger: Trigger): Promise<void> => {
    running = trigger.kind
    try {
      const { reason } = await reconcile(trigger, database.config, ports, clock.now() + timeoutMs - marginMs, memory)
      if (trigger.kind === 'rds-event' && reason === 'throttled') gaveUp += 1
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      if (trigger.kind === 'rds-event') gaveUp += 1
    } finally {
      running = undefined
    }
  }

  const tryUntilRun = async (trigger: Trigger, untilMs: number): Promise<void> => {
    for (let waitMs: number = delays.lambdaThrottleBackoff.value; running !== undefined; waitMs *= 2) {
      await clock.sleep(Math.min(waitMs, delays.lambdaThrottleBackoffMax.value))
      if (clock.now() > untilMs) return
    }
    await run(trigger)
  }

  return {
    running: () => running,
    openEvents: () => openEvents,
    gaveUp: () => gaveUp,
    logLines: () => logLines,
    tick: () => void tryUntilRun({ kind: 'resync', isTick: true }, clock.now() + oldestMs.tick),
    event: watch => {
      openEvents += 1
      const { config } = database
      const trigger: Trigger = {
        kind: 'rds-event',
        meaning: `Failover ${watch}`,
        watch,
        atMs: clock.now(),
        source: String(config.database.arn),
        ours: 'yes',
      }
      void tryUntilRun(trigger, clock.now() + oldestMs.event).finally(() => {
        openEvents -= 1
      })
    },
  }
}
