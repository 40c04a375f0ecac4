import { isIP } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gatewayLogGroupName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { everyPage } from './every-page.ts'

/** A line of the gateway's access log: one connection through it. */
export interface AccessRecord {
  /** Epoch milliseconds. */
  readonly atMs: number
  readonly endpointId: string
  /** The client's `ip:port`, where the log has it. */
  readonly source?: string
  /** The endpoint's address that the client connected to, where the log has it. */
  readonly destinationIp?: string
  /** The address of the database that the gateway connected to. */
  readonly resourceIp: string
  readonly resource: string
  /** What was asked for: a cluster's writer and its readers are a configuration each. */
  readonly configurationArn?: string
}

/** The addresses of the database that they reached, each once. */
export const reachedIn = (records: readonly Pick<AccessRecord, 'resourceIp'>[]): string[] => [
  ...new Set(records.map(({ resourceIp }) => resourceIp)),
]

/**
 * The access log of a resource configuration, `VpcLatticeResourceAccessLogs`
 * (https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html): one line a connection, delivered
 * "typically within 2 minutes", best effort. It has neither bytes nor a reason for the end.
 */
export interface AccessLog {
  readonly clients: Clients
  readonly logGroup: string
  readonly endpointId: string
  /** A cluster's readers come through the same endpoint; a connection of theirs says nothing about the writer's path. */
  readonly readersArn?: string
  /**
   * The endpoint's addresses for the writer: readers come in at others of it. Empty where they are not known here; then,
   * and where the log shows no destination, nothing is left out by it.
   */
  readonly addresses?: readonly string[]
}

/** Everything through one endpoint to the writer, oldest first. @throws when the log group cannot be read. */
export const readAccessLog = async (
  { clients, logGroup, endpointId, readersArn, addresses = [] }: AccessLog,
  sinceMs: number,
): Promise<readonly AccessRecord[]> => {
  const filterPattern = `{ $.vpcEndpointId = "${endpointId}" }`
  const records = await readRecords({ clients, logGroup, filterPattern }, { sinceMs })
  const isReaders = (record: AccessRecord) => readersArn !== undefined && record.configurationArn === readersArn
  return records.filter(record => !isReaders(record) && isThrough(record, addresses))
}

interface Lines extends Pick<AccessLog, 'clients' | 'logGroup'> {
  readonly filterPattern?: string
}

/** Through every endpoint, oldest first. Epoch milliseconds. @throws when the log group cannot be read. */
export const readRecords = async (
  { clients, logGroup, filterPattern }: Lines,
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs?: number },
): Promise<readonly AccessRecord[]> => {
  const logs = await clients.logs()
  const events = await everyPage('events', nextToken =>
    logs.filterLogEvents({
      logGroupName: logGroup,
      filterPattern,
      startTime: Math.floor(sinceMs),
      endTime: untilMs && Math.ceil(untilMs),
      nextToken,
    }),
  )
  return events
    .flatMap(({ message, timestamp }) => readLine(message, timestamp) ?? [])
    .toSorted((a, b) => a.atMs - b.atMs)
}

/** Addresses are looked up as IPv4 alone: of another family nothing can be said. */
const isThrough = ({ destinationIp: ip }: AccessRecord, addresses: readonly string[]): boolean =>
  ip === undefined || addresses.length === 0 || addresses.includes(ip) || !addresses.some(it => isIP(it) === isIP(ip))

/** `undefined` for what is no line of this log. */
export const readLine = (text: string | undefined, timestamp: number | undefined): AccessRecord | undefined => {
  let line: Readonly<Record<string, unknown>>
  try {
    line = JSON.parse(text ?? '') as typeof line
  } catch {
    return undefined
  }
  const { eventTimestamp, vpcEndpointId, sourceIpPort, destinationIpPort, resourceIpPort } = line
  const { resourceConfigurationArn } = line
  const atMs = typeof eventTimestamp === 'string' ? Date.parse(eventTimestamp) : (timestamp ?? Number.NaN)
  if (typeof vpcEndpointId !== 'string' || typeof resourceIpPort !== 'string' || !Number.isFinite(atMs))
    return undefined
  return {
    atMs,
    endpointId: vpcEndpointId,
    resource: resourceIpPort,
    resourceIp: ipOf(resourceIpPort),
    ...(typeof sourceIpPort === 'string' && sourceIpPort.includes(':') ? { source: sourceIpPort } : {}),
    ...(typeof destinationIpPort === 'string' && destinationIpPort.includes(':')
      ? { destinationIp: ipOf(destinationIpPort) }
      : {}),
    ...(typeof resourceConfigurationArn === 'string' ? { configurationArn: resourceConfigurationArn } : {}),
  }
}

const ipOf = (place: string): string => place.slice(0, place.lastIndexOf(':'))

export interface Waiting {
  readonly sinceMs: number
  readonly limitMs: number
  readonly signal: AbortSignal
  readonly onWait?: (waitedMs: number) => void
}

const firstPauseMs = 1_000
const longestPauseMs = 10_000

/** Reads again and again until somebody is content or patience ends; what was read last either path. */
export const awaitAccessLog = async (
  log: AccessLog,
  isEnough: (records: readonly AccessRecord[]) => boolean,
  { sinceMs, limitMs, signal, onWait = () => {} }: Waiting,
): Promise<{ readonly records: readonly AccessRecord[]; readonly waitedMs: number }> => {
  const begunMs = performance.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const records = await readAccessLog(log, sinceMs)
    const waitedMs = performance.now() - begunMs
    if (isEnough(records) || waitedMs >= limitMs) return { records, waitedMs }
    onWait(waitedMs)
    await delay(Math.min(pauseMs, Math.max(0, limitMs - waitedMs) + 1), undefined, { signal })
  }
}

/** For whoever wants to look later. */
export const laterQueries = ({ logGroup, endpointId, readersArn }: Omit<AccessLog, 'clients'>, sinceMs: number) => ({
  insights: [
    `filter vpcEndpointId = "${endpointId}"`,
    ...(readersArn === undefined ? [] : [`filter resourceConfigurationArn != "${readersArn}"`]),
    'parse resourceIpPort "*:*" as ip, port',
    'stats min(@timestamp) as first, max(@timestamp) as last, count(*) as connections by ip',
  ].join(' | '),
  command: `aws logs filter-log-events --log-group-name ${logGroup} --start-time ${Math.floor(sinceMs)} --filter-pattern '{ ${patternOf(endpointId, readersArn)} }' --query 'events[].message' --output text`,
})

const patternOf = (endpointId: string, readersArn: string | undefined): string => {
  const through = `$.vpcEndpointId = "${endpointId}"`
  return readersArn === undefined ? through : `(${through}) && ($.resourceConfigurationArn != "${readersArn}")`
}

/**
 * Connections through the gateway to a database's writer, whoever made them, oldest first. A cluster's readers have a
 * configuration of their own, a child that carries the reader endpoint's name. @throws when the log cannot be read
 */
export const readWriterConnections = async (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id' | 'kind'>,
  span: { readonly sinceMs: number; readonly untilMs: number },
): Promise<readonly AccessRecord[]> => {
  const records = await readRecords({ clients, logGroup: gatewayLogGroupName(database) }, span)
  if (database.kind !== 'cluster') return records
  const lattice = await clients.vpcLattice()
  const isReaders = new Map<string, boolean>()
  for (const arn of new Set(records.flatMap(({ configurationArn }) => configurationArn ?? []))) {
    const { customDomainName } = await lattice.getResourceConfiguration({ resourceConfigurationIdentifier: arn })
    isReaders.set(arn, /\.cluster-ro-/.test(customDomainName ?? ''))
  }
  return records.filter(({ configurationArn }) => !isReaders.get(configurationArn ?? ''))
}
