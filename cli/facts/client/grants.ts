import type { RowDataPacket } from 'mysql2/promise'
import { createDns } from '../../../functions/reconciler/adapters/dns.ts'
import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import { connectMysql } from './mysql.ts'
import { type GrantFacts, grantsOf, grantsStatement } from './mysql-accounts.ts'
import type { SqlTarget } from './session.ts'
import { openTcp } from './tcp.ts'
import type { Detours } from './tunnels.ts'

export interface ReadGrantsOptions {
  readonly database: DatabaseSettings
  readonly target: SqlTarget
  readonly detours: Detours
}

/** Asks MySQL or MariaDB itself, straight at its endpoint. Needs SELECT on mysql.user. @throws what failed */
export const readGrants = async ({ database, target, detours }: ReadGrantsOptions): Promise<readonly GrantFacts[]> => {
  const { endpoint, port, engine, dnsServers } = database
  const { credentials, timeoutMs } = target
  const dns = createDns({ servers: dnsServers })
  const socket = await openTcp({ place: { host: endpoint, port }, dns, detours, timeoutMs })
  try {
    const connection = await connectMysql(socket, { ...target, password: await credentials.password() })
    const query = { sql: grantsStatement(engine), timeout: timeoutMs }
    const [rows] = await connection.query<(RowDataPacket & { user: unknown; host: unknown })[]>(query)
    connection.end().catch(() => undefined)
    return grantsOf(rows)
  } finally {
    socket.destroySoon()
  }
}
