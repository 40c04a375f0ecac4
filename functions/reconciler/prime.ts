import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from './config.ts'
import type { Clusters, Dns, FrontDoor } from './ports.ts'

export interface PrimeOptions {
  readonly config: Config
  readonly dns: Dns
  readonly frontDoor: Pick<FrontDoor, 'registrations'>
  readonly clusters: Pick<Clusters, 'vote'>
  /** Priming never delays the start by more. */
  readonly capMs?: number
}

/**
 * Looks once at what an invocation looks at, while Lambda initializes: with full CPU and before anybody waits. That
 * opens the connections and compiles the path; the first invocation is then about as fast as the fourth. Reads only,
 * its findings are thrown away, and it never fails: what is wrong will be wrong in the invocation, and be reported.
 */
export const prime = async ({ config, dns, frontDoor, clusters, capMs = 1500 }: PrimeOptions): Promise<void> => {
  const { database, frontDoors } = config
  const cap = new AbortController()
  const looks = [
    () => dns.resolve(database.endpoint),
    ...frontDoors.slice(0, 1).map(door => () => frontDoor.registrations(door.targetGroupArn)),
    ...(database.kind === 'cluster' ? [() => clusters.vote(database.id)] : []),
  ]
  await Promise.race([
    Promise.allSettled(looks.map(async look => look())),
    delay(capMs, undefined, { signal: cap.signal }).catch(() => undefined),
  ])
  cap.abort()
}
