import { setTimeout as delay } from 'node:timers/promises'
import { createDns } from '../../functions/reconciler/adapters/dns.ts'
import { explain } from '../aws/explain.ts'
import type { Gathered } from '../facts/gathered.ts'
import { createPorts } from '../facts/reconciler-ports.ts'
import type { Screen } from '../output.ts'
import { inline } from '../terminal.ts'
import { type DrillClient, downSince, drillClock, drillLine, drillStanding } from '../text/drill.ts'
import { showDuration } from '../text/durations.ts'
import type { Door } from './door.ts'
import type { DrillPlan } from './intent.ts'
import { openJournal } from './journal.ts'
import { type DoorProber, startProbers } from './probers.ts'
import { awaitProof, proofLimitMs } from './proof.ts'
import type { Seen, Writes } from './seen.ts'
import { awaitSteady } from './steady.ts'
import { createDnsWatch, createDoorWatch } from './watch/door-watch.ts'
import { createRdsWatch } from './watch/rds-watch.ts'
import { createReportWatch } from './watch/report-watch.ts'
import { notReadBack, prepareWritings, readBack } from './writings.ts'

/** Of normal times before the failover, for comparison. */
const longestPreludeMs = 3_000
/** What stays on a terminal is written anew so often. */
const standingEveryMs = 250
const lookEveryMs = { dns: 250, door: 1_000, rds: 2_000, events: 5_000, reports: 5_000 }

/**
 * Probes, causes the failover, watches until it is steady, and tells what it saw. Interrupted, it stops probing and still
 * tells what it saw. @throws when the failover cannot be caused; nothing has happened then.
 */
export const runDrill = async (plan: DrillPlan, screen: Screen): Promise<Seen> => {
  const { context, database, keeper, dnsServers, cause, doors, isWatching } = plan
  const { now, signal } = context
  const clients = context.clientsFor(database)
  const beganMs = now()
  let zeroMs: number | undefined
  const journal = openJournal(now, moment => screen.line(drillLine(moment, zeroMs)))
  const ending = new AbortController()
  const stop = AbortSignal.any([signal, ending.signal])
  const dns = createDns({ servers: dnsServers })
  const writings = await prepareWritings(plan, dns)
  const probing = startProbers({ plan, dns, signal: stop, writings })
  const dnsWatch = createDnsWatch(database.endpoint, dns, journal)
  const rdsWatch = createRdsWatch(clients, database, { journal, sinceMs: beganMs })
  const kept = keeper && {
    door: createDoorWatch(keeper, await createPorts({ clients, config: keeper, signal: stop }), journal),
    reports: createReportWatch(clients, database, { journal, sinceMs: beganMs }),
  }
  const told = new Set<string>()
  const onError = (error: unknown) => {
    const { message } = explain(error)
    if (!told.has(message)) screen.line(inline(`${drillClock(now(), zeroMs)}  Not read: ${message}`))
    told.add(message)
  }
  const watch = (look: () => Promise<void>, everyMs: number) => poll(look, { everyMs, signal: stop, onError })
  const watching = [
    watch(dnsWatch.look, Math.min(lookEveryMs.dns, plan.everyMs)),
    watch(rdsWatch.lookAtStatus, lookEveryMs.rds),
    watch(rdsWatch.lookAtEvents, lookEveryMs.events),
    ...(kept ? [watch(kept.door.look, lookEveryMs.door), watch(kept.reports.look, lookEveryMs.reports)] : []),
  ]
  const comers = doorClients(probing.probers, doors.length > 1)
  const sayClients = tellChanges(comers, (text, atMs) => screen.line(`${drillClock(atMs, zeroMs)}  client    ${text}`))
  const standing = setInterval(() => {
    sayClients()
    screen.standing(`${drillClock(now(), zeroMs)}  ${drillStanding(comers, now())}`)
  }, standingEveryMs)
  const finish = async () => {
    clearInterval(standing)
    screen.stop()
    ending.abort()
    await Promise.all([...watching, ...probing.probers.map(({ done }) => done)])
    probing.close()
  }

  let causedMs = now()
  let ended: Seen['ending'] = 'interrupted'
  try {
    if (!isWatching) {
      const undone = `${database.id} is not failed over, and nothing was done`
      await awaitProof(probing.probers, { undone, limitMs: proofLimitMs(plan), signal })
      await delay(Math.min(longestPreludeMs, plan.patience.steadyMs), undefined, { signal })
    }
    causedMs = now()
    if (!isWatching) zeroMs = causedMs
    await cause.act()
    journal.tell('rds', cause.name, {}, { atMs: causedMs })
    const isOver = awaitSteady(plan.patience, causedMs)
    for (;;) {
      const signs = {
        hasBegun:
          dnsWatch.first() !== dnsWatch.last() ||
          (!isWatching && probing.probers.some(it => it.attempts.some(({ error }) => error))),
        clientsWork: probing.probers.every(({ last }) => last() === 'works'),
        isInPlace: kept?.door.isInPlace() ?? true,
        status: rdsWatch.status(),
      }
      const over = isOver(now(), signs)
      if (over) {
        ended = over
        break
      }
      await delay(200, undefined, { signal })
    }
    // What came last has not been asked for yet.
    await Promise.all([rdsWatch.lookAtEvents(), kept?.reports.look()]).catch(onError)
  } catch (error) {
    if (!signal.aborted) {
      await finish()
      throw error
    }
  }
  const endedMs = now()
  await finish()
  const writes = new Map<Door, Gathered<Writes>>()
  for (const [door, writing] of writings) {
    writes.set(door, signal.aborted ? notReadBack(writing) : await readBack(plan, dns, writing))
  }
  const complaints = probing.probers.flatMap(({ about, door, examples }) =>
    [...examples].map(
      ([kind, example]) => `${doors.length > 1 && door ? `${door.name}: ` : ''}${about.name}, ${kind}: ${example}`,
    ),
  )
  const stopped = probing.probers
    .filter(({ hasStopped }) => hasStopped())
    .map(
      ({ about }) => `${about.name} has stopped: each further attempt would count against the load balancer's address.`,
    )
  return {
    database,
    doors,
    ...(keeper === undefined ? {} : { strategy: keeper.frontDoors[0]?.strategy ?? 'swap' }),
    cause: cause.name,
    isWatching,
    beganMs,
    causedMs,
    endedMs,
    ending: ended,
    isInPlace: kept?.door.isInPlace() ?? true,
    journal,
    probers: probing.probers,
    reports: kept?.reports.reports ?? [],
    writes,
    notes: [...plan.notes, ...complaints, ...stopped, ...lostWrites(writes)],
  }
}

/** Before their rows are deleted nothing else tells which they were. */
const lostWrites = (all: ReadonlyMap<Door, Gathered<Writes>>): string[] =>
  [...all.values()].flatMap(writes => {
    if (writes.kind !== 'known') return []
    const { lost, left } = writes.value
    const each = lost.map(({ number, atMs }) => `${number} (${new Date(atMs).toISOString()})`)
    return [
      ...(each.length === 0 ? [] : [`Lost writes, with the time of their acknowledgement: ${each.join(', ')}.`]),
      ...(left === undefined ? [] : [`Not deleted: ${left}.`]),
    ]
  })

/** Those that come through a door, as consumers do. */
const doorClients = (probers: readonly DoorProber[], hasSeveral: boolean): readonly DrillClient[] =>
  probers.flatMap(({ about, door, attempts }) =>
    door === undefined ? [] : [{ name: hasSeveral ? `${door.kind}, ${about.name}` : about.name, attempts }],
  )

/** Says once when a client begins to fail, and for how long it did when it works again. */
const tellChanges = (clients: readonly DrillClient[], say: (text: string, atMs: number) => void) => {
  const down = new Map<DrillClient, number>()
  return () => {
    for (const client of clients) {
      const found = downSince(client.attempts)
      const sinceMs = down.get(client)
      if (found && sinceMs === undefined) {
        down.set(client, found.sinceMs)
        say(`${client.name}: down, ${found.error}.`, found.sinceMs)
      } else if (!found && sinceMs !== undefined) {
        down.delete(client)
        const worked = client.attempts.find(({ error, atMs }) => error === undefined && atMs > sinceMs)
        const atMs = worked ? worked.atMs + worked.tookMs : sinceMs
        say(`${client.name}: works again after ${showDuration(atMs - sinceMs)}.`, atMs)
      }
    }
  }
}

interface Polling {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** A look that failed: during a failover looks do. It is told and the watching goes on. */
  readonly onError: (error: unknown) => void
}

/** Looks until the signal ends it; ends when the last look is over. */
const poll = async (look: () => Promise<void>, { everyMs, signal, onError }: Polling): Promise<void> => {
  while (!signal.aborted) {
    try {
      await look()
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
