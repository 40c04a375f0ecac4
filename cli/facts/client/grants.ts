import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { createDns } from '../../../functions/reconciler/adapters/dns.ts'
import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import { sslOf } from './mysql.ts'
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
  const { credentials, tls, timeoutMs } = target
  const socket = await openTcp({
    place: { host: database.endpoint, port: database.port },
    dns: createDns({ servers: database.dnsServers }),
    detours,
    timeoutMs,
  })
  try {
    const connection = await createConnection({
      host: tls.servername,
      user: credentials.user,
      password: await credentials.password(),
      stream: () => socket,
      connectTimeout: timeoutMs,
      // RDS takes an IAM token as a clear password; nobody but the proven database is to see one.
      enableCleartextPlugin: tls.mode === 'verify-full',
      ...sslOf(tls),
    })
    connection.on('error', () => undefined)
    const query = { sql: grantsStatement(database.engine), timeout: timeoutMs }
    const [rows] = await connection.query<(RowDataPacket & { user: unknown; host: unknown })[]>(query)
    connection.end().catch(() => undefined)
    return grantsOf(rows)
  } finally {
    socket.destroySoon()
  }
}
