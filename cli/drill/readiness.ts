import { type DatabaseSettings, mayBlockTheLoadBalancer } from '../../infra/app/settings.ts'
import { explain, isInterruption } from '../aws/explain.ts'
import { checkBefore, type Precondition } from '../checks/drill.ts'
import type { Context } from '../context.ts'
import { readAlarms } from '../facts/alarms.ts'
import type { DatabaseStatus, UnknownStatus } from '../status/database-status.ts'
import { gatherStatus } from '../status/gather.ts'
import { readRds } from './watch/rds.ts'

export interface Intent {
  readonly database: DatabaseSettings
  /** Nothing is caused. */
  readonly isWatching: boolean
  readonly hasSql: boolean
  /** Whom to ask for the database's name, where that is not whom the function asks. */
  readonly dnsServers?: readonly string[]
}

/** Whether a database can stand a drill now, by RDS and by its status. @throws when RDS may not be asked. */
export const checkReadiness = async (context: Context, intent: Intent): Promise<Precondition[]> => {
  const { database, isWatching, hasSql } = intent
  const [rds, status] = await Promise.all([readRds(context.clientsFor(database), database), lookAt(context, intent)])
  return checkBefore({ database, isWatching, hasSql, status, rds, mayBlockHosts: mayBlockTheLoadBalancer(database) })
}

export const refusal = (id: string, failed: readonly Precondition[]): string =>
  [
    `${id} is not drilled, and nothing was done:`,
    ...failed.map(({ what, found, remedy }) => `  not so: ${what} (${found}).${remedy ? ` ${remedy}` : ''}`),
  ].join('\n')

const lookAt = async (context: Context, { database, dnsServers }: Intent): Promise<DatabaseStatus | UnknownStatus> => {
  const clients = context.clientsFor(database)
  try {
    const alarms = async () => (await readAlarms(clients, [database])).get(database.id) ?? []
    const nowMs = context.now()
    return await gatherStatus({
      clients,
      signal: context.signal,
      database,
      nowMs,
      lookBackMs: 600_000,
      readAlarms: alarms,
      ...(dnsServers === undefined ? {} : { dnsServers }),
    })
  } catch (error) {
    if (isInterruption(error)) throw error
    const { message, exitCode } = explain(error)
    return { database: database.id, error: message, exitCode }
  }
}

/** After Ctrl-C: the failover that has begun goes on, and somebody wants to know how far it is. */
export const sayState = async (context: Context, database: DatabaseSettings): Promise<string> => {
  try {
    const { status } = await readRds(context.clientsAfterAll(database), database)
    if (status === undefined) return 'Interrupted: probing has stopped.'
    return `Interrupted: probing has stopped. RDS says ${database.id} is ${status}; a failover that has begun goes on by itself. \`repoint status -d ${database.id} --watch\` shows how it ends.`
  } catch (error) {
    return `Interrupted: probing has stopped. How ${database.id} stands could not be read: ${explain(error).message}`
  }
}
