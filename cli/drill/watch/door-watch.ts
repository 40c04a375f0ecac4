import type { Config } from '../../../functions/reconciler/config.ts'
import { targetKey } from '../../../functions/reconciler/core/model.ts'
import { candidateOf } from '../../../functions/reconciler/core/settle.ts'
import { isWriterHealthy } from '../../../functions/reconciler/core/verdict.ts'
import { failureOf, inspect } from '../../../functions/reconciler/inspect.ts'
import { createObserver } from '../../../functions/reconciler/observe.ts'
import { nothingRemembered } from '../../../functions/reconciler/observe-doors.ts'
import type { Dns, Ports } from '../../../functions/reconciler/ports.ts'
import { begin } from '../../../functions/reconciler/progress.ts'
import type { Journal } from '../journal.ts'

/**
 * The front door as the reconciler itself would see it from here: DNS, target groups, and whether anything is left to
 * do. Reads only.
 */
export const createDoorWatch = (config: Config, ports: Ports, journal: Journal) => {
  const observer = createObserver(config, ports)
  const beganMs = ports.clock.now()
  let progress = begin({ invokedMs: beganMs, startMs: beganMs, isEvent: false })
  const known = new Map<string, string>()
  let isInPlace = false
  let isFirstLook = true

  const tellTarget = (key: string, state: string | undefined, detail: string | undefined): void => {
    const seen = state ?? 'not registered'
    const before = known.get(key) ?? 'not registered'
    journal.see({ lane: 'targets', subject: key, state, detail })
    if (seen === before) return
    known.set(key, seen)
    // What was there before anything happened is no change.
    if (isFirstLook) return
    const reason = detail === undefined ? {} : { reason: detail }
    journal.tell('targets', 'A target changed its state', { target: key, from: before, state: seen, ...reason })
  }

  return {
    look: async (): Promise<void> => {
      const inspection = await inspect(progress, {
        observer,
        trigger: { kind: 'plan' },
        config,
        clock: ports.clock,
        policies: ['dry-run'],
        ages: nothingRemembered,
      })
      const { look, steps } = inspection
      progress = inspection.progress
      const failure = failureOf(look)
      if (failure !== undefined) throw failure
      const listed = new Set<string>()
      for (const { registrations } of look.doors) {
        for (const registration of registrations) {
          const key = targetKey(registration)
          listed.add(key)
          tellTarget(key, registration.state, registration.stateReason)
        }
      }
      for (const key of known.keys()) if (!listed.has(key)) tellTarget(key, undefined, undefined)
      isFirstLook = false
      isInPlace = look.writer.kind === 'settled' && steps.length === 0 && isWriterHealthy(look)
    },
    /** The writer is settled, nothing is left to do, and its registration is healthy. */
    isInPlace: () => isInPlace,
  }
}

/** The answers of the endpoint's name. */
export const createDnsWatch = (endpoint: string, dns: Dns, journal: Journal) => {
  let first: string | undefined
  let last: string | undefined
  return {
    look: async (): Promise<void> => {
      const answer = await dns.resolve(endpoint)
      if (answer.kind === 'none') return
      const addresses = candidateOf({ answer }).join(', ')
      journal.see({ lane: 'dns', subject: 'endpoint', state: addresses })
      if (last !== undefined && addresses !== last) {
        journal.tell('dns', 'The endpoint points elsewhere', { name: endpoint, ip: addresses, from: last })
      }
      first ??= addresses
      last = addresses
    },
    first: () => first,
    last: () => last,
  }
}
