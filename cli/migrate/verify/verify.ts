import type { Dns } from '../../../functions/reconciler/ports.ts'
import type { Clients } from '../../aws/clients.ts'
import type { Gathered } from '../../doctor/gathered.ts'
import { explain, isInterruption } from '../../explain.ts'
import { invoke } from '../../gather/invoke.ts'
import { showDuration } from '../../render/durations.ts'
import type { MigrationFacts } from '../facts.ts'
import { type AccessLog, awaitAccessLog } from './access-log.ts'
import type { Verified, WayLook, WayName, WayPlace } from './facts.ts'
import { countLookups } from './hosted-name.ts'
import { type LookAlong, lookAlong } from './look.ts'
import { findOurs, judgeProof, type Proof } from './proof.ts'
import { readWriter, type WriterNow, type WriterQuestion } from './writer-now.ts'

export interface VerifyPlan extends LookAlong {
  readonly facts: MigrationFacts
  readonly ways: readonly WayPlace[]
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

/** Connects along every way, looks the name up, and proves by the access log where the gateway went. Changes nothing. */
export const verify = async (plan: VerifyPlan): Promise<Verified> => {
  const { facts, ways, dns, database, lookups, isFromElsewhere, say } = plan
  // The hosted zone may have a name of the consumer's own.
  const name = facts.consumer?.dnsName ?? database.endpoint
  say(`Connecting to ${ways.map(({ host, port }) => `${host}:${port}`).join(' and ')}.`)
  const addresses = await addressesOf(ways, dns)
  const [looks, found, writer] = await Promise.all([
    Promise.all(ways.map(way => lookAlong(way, plan))),
    countLookups(dns, name, { times: lookups, addresses }),
    findWriter(plan, addresses),
  ])
  const zone = facts.consumerSide?.zone
  const through = looks.find(({ way }) => way === 'gateway')
  return {
    ways: looks,
    lookups: { ...found, isFromElsewhere },
    weights: zone?.kind === 'known' ? zone.value.weights : undefined,
    ...(through === undefined ? {} : { writer, proof: await prove(plan, { through, writer, addresses }) }),
  }
}

/** What the names of the endpoints mean in the consumer's DNS. */
export const addressesOf = async (
  ways: readonly WayPlace[],
  dns: Dns,
): Promise<Readonly<Record<WayName, readonly string[]>>> => {
  const found: Record<WayName, readonly string[]> = { nlb: [], gateway: [] }
  for (const { way, host } of ways) {
    const answer = await dns.resolve(host)
    if (answer.kind === 'addresses') found[way] = answer.addresses
  }
  return found
}

export const findWriter = async (
  plan: Pick<VerifyPlan, 'database' | 'clients' | 'providerDns' | 'clusters' | 'now' | 'signal'>,
  addresses: Readonly<Record<WayName, readonly string[]>>,
): Promise<WriterNow> => {
  const { database, clients, providerDns, clusters, now, signal } = plan
  try {
    return await readWriter({
      database,
      dns: providerDns,
      clusters,
      wayAddresses: [...addresses.nlb, ...addresses.gateway],
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
): Gathered<AccessLog> => {
  const { accessLog } = facts.provider
  if (accessLog.kind !== 'known') return accessLog
  const gateway = facts.consumerSide?.gateway
  const readersArn = gateway?.kind === 'known' ? gateway.value.reader?.configurationArn : undefined
  const { logGroup } = accessLog.value
  return {
    kind: 'known',
    value: { clients, logGroup, endpointId, ...(readersArn === undefined ? {} : { readersArn }) },
  }
}

interface Proving {
  readonly through: WayLook
  readonly writer: WriterNow
  readonly addresses: Readonly<Record<WayName, readonly string[]>>
}

const prove = async (plan: VerifyPlan, { through, writer, addresses }: Proving): Promise<Proof> => {
  const { endpointId, connections } = through
  if (connections.length === 0) return { kind: 'not-tried', why: 'nobody answered through the gateway' }
  const log = accessLogOf(plan, endpointId)
  if (log.kind !== 'known') return { kind: 'not-tried', why: `the access log is not known: ${log.why}` }
  const matching = { endpointId, connections, slackMs }
  const sinceMs = Math.min(...connections.map(({ atMs }) => atMs)) - slackMs
  plan.say(`Waiting for the gateway's access log (${log.value.logGroup}), up to ${showDuration(plan.logWaitMs)}.`)
  try {
    const { records, waitedMs } = await awaitAccessLog(log.value, seen => findOurs(seen, matching) !== undefined, {
      sinceMs,
      limitMs: plan.logWaitMs,
      signal: plan.signal,
    })
    const ours = findOurs(records, matching)
    const proof = judgeProof(ours, comparable(writer), waitedMs)
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
