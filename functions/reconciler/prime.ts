import { setTimeout as delay } from 'node:timers/promises'
import { rehearseWrites } from './adapters/dry-aws.ts'
import type { Config } from './config.ts'
import type { Ports, Telemetry } from './ports.ts'
import { reconcile } from './reconcile.ts'

export interface PrimeOptions extends Ports {
  readonly config: Config
  /** Runs the code of the writes without writing. */
  readonly rehearse?: () => Promise<void>
  /** Priming never delays the start by more. */
  readonly capMs?: number
}

/**
 * One look and its plan, as `{"action":"plan"}` would make it, while Lambda initializes: with full CPU and before anybody
 * waits. It opens the connections to DNS and AWS and compiles the path, and the writes are rehearsed beside it, so that
 * the first invocation takes about twice the fourth.
 *
 * It reads, writes nothing and tells nobody, and it never fails: what is wrong will be wrong in the invocation, and be
 * reported there.
 */
export const prime = async ({
  config,
  capMs = 1500,
  rehearse = rehearseWrites,
  ...ports
}: PrimeOptions): Promise<void> => {
  const cap = new AbortController()
  const { clock, frontDoor } = ports
  const unheard: Ports = {
    ...ports,
    frontDoor: { ...frontDoor, register: nothing, deregister: nothing, setWeights: nothing, remember: nothing },
    publisher: { publish: nothing },
    telemetry: silence,
  }
  await Promise.race([
    Promise.allSettled([
      // A deadline that has come allows one look.
      reconcile({ kind: 'plan' }, config, unheard, clock.now()),
      Promise.resolve().then(rehearse),
    ]),
    delay(capMs, undefined, { signal: cap.signal }).catch(nothing),
  ])
  cap.abort()
}

const nothing = async (): Promise<undefined> => undefined

const silence: Telemetry = {
  stepDone: nothing,
  retry: nothing,
  writerMoved: nothing,
  notProved: nothing,
  reportNotPublished: nothing,
  summary: nothing,
  failed: nothing,
}
