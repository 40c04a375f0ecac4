import { mayBlockTheLoadBalancer } from '../../infra/app/settings/engines.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { explain, isInterruption } from '../aws/explain.ts'
import { type DrillFacts, judgeDrill } from '../checks/drill.ts'
import type { Finding } from '../checks/finding.ts'
import type { Context } from '../context.ts'
import { type AlarmState, readAlarms } from '../facts/alarms.ts'
import { attempt } from '../facts/attempt.ts'
import { known, notKnown } from '../facts/gathered.ts'
import { readRds } from '../facts/rds-view.ts'
import { gatherStatus } from '../facts/status.ts'
import { showAgainst } from '../text/findings.ts'

export interface Readiness {
  readonly database: DatabaseSettings
  /** Nothing is caused. */
  readonly isWatching: boolean
  readonly hasSql: boolean
  /** Whether a function keeps a front door of it. */
  readonly isKept: boolean
  /** DNS servers for the database's name, where the function's give another answer here. */
  readonly dnsServers?: readonly string[]
}

/** Whether a database can stand a drill now, by RDS and by its status. @throws when RDS may not be asked. */
export const checkReadiness = async (context: Context, readiness: Readiness): Promise<readonly Finding[]> => {
  const { database, isWatching, hasSql, isKept } = readiness
  const clients = context.clientsFor(database)
  const alarmsOf = async () => (await readAlarms(clients, [database])).get(database.id) ?? []
  const [rds, found] = await Promise.all([
    readRds(clients, database),
    isKept ? readStatus(context, readiness, alarmsOf) : attempt(alarmsOf).then(alarms => ({ alarms })),
  ])
  return judgeDrill({ database, isWatching, hasSql, rds, mayBlockHosts: mayBlockTheLoadBalancer(database), ...found })
}

export const refusal = (id: string, against: readonly Finding[]): string =>
  `${id} is not drilled, and nothing was done:\n${showAgainst(against)}`

const readStatus = async (
  context: Context,
  { database, dnsServers }: Readiness,
  alarmsOf: () => Promise<readonly AlarmState[]>,
): Promise<Pick<DrillFacts, 'status' | 'alarms'>> => {
  try {
    const status = await gatherStatus({
      clients: context.clientsFor(database),
      signal: context.signal,
      database,
      nowMs: context.now(),
      lookBackMs: 600_000,
      readAlarms: alarmsOf,
      ...(dnsServers === undefined ? {} : { dnsServers }),
    })
    return { status: known(status), alarms: status.alarms }
  } catch (error) {
    if (isInterruption(error)) throw error
    const why = notKnown(explain(error).message)
    return { status: why, alarms: why }
  }
}

/** After Ctrl-C: the failover that has begun goes on, and somebody wants to know how far it is. */
export const sayState = async (context: Context, database: DatabaseSettings): Promise<string> => {
  try {
    const { status } = await readRds(context.clientsAfterAll(database), database)
    if (status === undefined) return 'Interrupted: probing has stopped.'
    return `Interrupted: probing has stopped. RDS reports ${database.id} as ${status}; a failover that has begun goes on by itself. \`repoint status -d ${database.id} --watch\` shows how it ends.`
  } catch (error) {
    return `Interrupted: probing has stopped. The state of ${database.id} could not be read: ${explain(error).message}`
  }
}
