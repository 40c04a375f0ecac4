import { setTimeout as delay } from 'node:timers/promises'
import type { Dns } from '../../../functions/reconciler/ports.ts'
import type { Clients } from '../../aws/clients.ts'
import { explain, isInterruption } from '../../aws/explain.ts'
import { wentAllWrong } from '../../checks/hosted-name.ts'
import { judgeProof, type Proof } from '../../checks/log-proof.ts'
import { hasAll } from '../../checks/our-connections.ts'
import type { Verified } from '../../checks/verify.ts'
import { type AccessLog, awaitAccessLog } from '../../facts/access-log.ts'
import type { Gathered } from '../../facts/gathered.ts'
import { invoke } from '../../facts/invoke.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import type { Lookups } from '../../facts/name-lookups.ts'
import { countLookups, longestTtlMs } from '../../facts/name-lookups.ts'
import type { PathName, PathTarget, SeenPath } from '../../facts/path-facts.ts'
import { type LookAlong, lookAlong } from '../../facts/path-look.ts'
import { readWriter, type WriterNow, type WriterQuestion } from '../../facts/writer-now.ts'
import { showDuration } from '../../text/durations.ts'
import { judgeUnseen } from './paths.ts'

export interface VerifyPlan extends LookAlong {
  readonly facts: MigrationFacts
  readonly paths: readonly PathTarget[]
  /** Of the provider's account: access log, RDS, function. */
  readonly clients: Clients
  readonly providerDns: Dns
  readonly clusters: WriterQuestion['clusters']
  /** How often the endpoint's own name is looked up. */
  readonly lookups: number
  /** Through tunnels, and with no resolver of the consumer's. */
  readonly isFromElsewhere: boolean
  readonly logWaitMs: number
  readonly say: (text: string) => void
}

/** Clocks of this machine and of AWS, at worst. */
export const slackMs = 5_000

/** Connects along every path, looks the name up, and proves by the access log where the gateway went. Changes nothing. */
export const verify = async (plan: VerifyPlan): Promise<Verified> => {
  const { facts, paths, dns, database, isFromElsewhere, say } = plan
  // The hosted zone may have a name of the consumer's own.
  const name = facts.consumer?.dnsName ?? database.endpoint
  say(`Connecting to ${paths.map(({ host, port }) => `${host}:${port}`).join(' and ')}.`)
  const addresses = await addressesOf(paths, dns)
  const [looks, found, writer] = await Promise.all([
    Promise.all(paths.map(path => lookAlong(path, plan))),
    countLookups(dns, name, { times: plan.lookups, addresses }),
    findWriter(plan, addresses),
  ])
  const zone = facts.consumerSide?.zone
  const weights = zone?.kind === 'known' ? zone.value.weights : undefined
  const through = looks.find(({ path }) => path === 'gateway')
  const [lookups, proof] = await Promise.all([
    lookAgain(plan, { found: { ...found, isFromElsewhere }, weights, addresses }),
    through && prove(plan, { through, writer, addresses }),
  ])
  return {
    paths: looks,
    lookups,
    weights,
    unseen: judgeUnseen(facts),
    ...(proof === undefined ? {} : { writer, proof }),
  }
}

/**
 * Lookups that all went where no weight sends them may have come from a resolver's memory, or from another zone of the
 * name. What tells them apart is the end of the TTL.
 */
const lookAgain = async (
  { dns, lookups: times, logWaitMs, signal, say }: VerifyPlan,
  { found, weights, addresses }: { found: Lookups; weights: Verified['weights']; addresses: Addresses },
): Promise<Lookups> => {
  if (found.isFromElsewhere || !wentAllWrong(found, weights)) return found
  const ttlMs = longestTtlMs(found)
  // A TTL that is left over is told in whole seconds.
  const waitMs = ttlMs === 0 ? 0 : ttlMs + 1_000
  if (waitMs > logWaitMs) return found
  say(`Every lookup of ${found.name} led to the wrong path; looking again in ${showDuration(waitMs)}, after its TTL.`)
  await delay(waitMs, undefined, { signal })
  return { ...(await countLookups(dns, found.name, { times, addresses })), isPastTtl: true }
}

type Addresses = Readonly<Record<PathName, readonly string[]>>

/** What the names of the endpoints mean in the consumer's DNS. */
export const addressesOf = async (paths: readonly PathTarget[], dns: Dns): Promise<Addresses> => {
  const found: Record<PathName, readonly string[]> = { nlb: [], gateway: [] }
  for (const { path, host } of paths) {
    const answer = await dns.resolve(host)
    if (answer.kind === 'addresses') found[path] = answer.addresses
  }
  return found
}

export const findWriter = async (
  plan: Pick<VerifyPlan, 'database' | 'clients' | 'providerDns' | 'clusters' | 'now' | 'signal'>,
  addresses: Addresses,
): Promise<WriterNow> => {
  const { database, clients, providerDns, clusters, now, signal } = plan
  try {
    return await readWriter({
      database,
      dns: providerDns,
      clusters,
      pathAddresses: [...addresses.nlb, ...addresses.gateway],
      askFunction: async () => (await invoke({ clients, database, payload: { action: 'plan' }, signal })).writer,
      now,
      signal,
    })
  } catch (error) {
    if (isInterruption(error)) throw error
    return { kind: 'unsettled', why: `where the writer is could not be read: ${explain(error).message}` }
  }
}

/** The access log of a configuration, as a consumer's endpoint shows in it; or why it cannot be read. */
export const accessLogOf = (
  { clients, facts }: Pick<VerifyPlan, 'clients' | 'facts'>,
  endpointId: string,
  addresses: readonly string[] = [],
): Gathered<AccessLog> => {
  const { accessLog } = facts.provider
  if (accessLog.kind !== 'known') return accessLog
  const gateway = facts.consumerSide?.gateway
  const readersArn = gateway?.kind === 'known' ? gateway.value.reader?.configurationArn : undefined
  const { logGroup } = accessLog.value
  return {
    kind: 'known',
    value: { clients, logGroup, endpointId, addresses, ...(readersArn === undefined ? {} : { readersArn }) },
  }
}

interface Proving {
  readonly through: SeenPath
  readonly writer: WriterNow
  readonly addresses: Addresses
}

const prove = async (plan: VerifyPlan, { through, writer, addresses }: Proving): Promise<Proof> => {
  const { endpointId, connections } = through
  if (connections.length === 0) return { kind: 'not-tried', why: 'nobody answered through the gateway' }
  const log = accessLogOf(plan, endpointId, addresses.gateway)
  if (log.kind !== 'known') return { kind: 'not-tried', why: `the access log is not known: ${log.why}` }
  const matching = { endpointId, addresses: addresses.gateway, connections, slackMs }
  const sinceMs = Math.min(...connections.map(({ atMs }) => atMs)) - slackMs
  plan.say(`Waiting for the gateway's access log (${log.value.logGroup}), up to ${showDuration(plan.logWaitMs)}.`)
  try {
    const { records, waitedMs } = await awaitAccessLog(log.value, seen => hasAll(seen, matching), {
      sinceMs,
      limitMs: plan.logWaitMs,
      signal: plan.signal,
    })
    const proof = judgeProof(records, comparable(writer), { ...matching, waitedMs })
    if (proof.kind !== 'disproved') return proof
    // A failover between the connection and now would look like a gateway gone astray.
    const again = await findWriter(plan, addresses)
    const hasMoved = again.kind !== 'settled' || again.addresses.join() !== proof.writer.join()
    return hasMoved
      ? { kind: 'nothing-to-compare', record: proof.record, why: 'the writer moved while this was looked at' }
      : proof
  } catch (error) {
    if (isInterruption(error)) throw error
    return { kind: 'not-tried', why: `the access log could not be read: ${explain(error).message}` }
  }
}

const comparable = (writer: WriterNow) =>
  writer.kind === 'settled' ? { addresses: writer.addresses } : { why: writer.why }
