import type { Dialect } from './credentials.ts'
import { AttemptError, atPlace, classify } from './errors.ts'
import { openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import type { Session, SqlTarget } from './session.ts'
import { openTcp, type Route } from './tcp.ts'

export interface SqlOptions {
  readonly dialect: Dialect
  readonly route: Route
  readonly target: SqlTarget
}

/** A session, with a second try where the login was refused and the secret has another password now. @throws AttemptError */
export const openSession = async (options: SqlOptions): Promise<Session> => {
  const { renew } = options.target.credentials
  try {
    return await openOnce(options)
  } catch (error) {
    const isRefused = classify(error) === 'login refused'
    if (!isRefused || renew === undefined || !(await renew())) throw atPlace(error, options.route.place)
  }
  return openOnce(options).catch(error => {
    throw atPlace(error, options.route.place)
  })
}

const openOnce = async ({ dialect, route, target }: SqlOptions): Promise<Session> => {
  // MySQL counts a connection that waits too long for its login: the password is there before it is opened.
  const password = dialect === 'mysql' ? await target.credentials.password() : ''
  const socket = await openTcp(route)
  const { localAddress: ip, localPort: port } = socket
  const session = await (dialect === 'postgres'
    ? openPostgres(socket, target)
    : openMysql(socket, { ...target, password }))
  return ip === undefined || port === undefined ? session : { ...session, from: { ip, port } }
}

/** Rows that were written, to be looked for afterwards. */
export interface Writing {
  readonly table: string
  readonly run: string
  readonly next: () => number
  /** Of each acknowledged number when that was, epoch milliseconds. */
  readonly acknowledged: Map<number, number>
}

/** What a client does with a connection: is it the writer, a read, a write. @throws what failed. */
const work = async (session: Session, writing: Writing | undefined): Promise<void> => {
  if (!(await session.isWriter())) throw new AttemptError('read-only', 'connected to a node that does not take writes')
  await session.read()
  if (writing === undefined) return
  const number = writing.next()
  await session.write(writing.table, writing.run, number)
  writing.acknowledged.set(number, Date.now())
}

/** A new connection for each attempt, as at the edge of a pool. */
export const attemptFresh = async (options: SqlOptions, writing?: Writing): Promise<void> => {
  const session = await openSession(options)
  try {
    await work(session, writing)
  } catch (error) {
    throw atPlace(error, options.route.place)
  } finally {
    session.close()
  }
}

/** One connection for all attempts, as within a pool: opened again when it has failed. */
export const keepSession = (options: SqlOptions, writing?: Writing) => {
  let session: Session | undefined
  return {
    attempt: async (): Promise<void> => {
      try {
        session ??= await openSession(options)
        await work(session, writing)
      } catch (error) {
        session?.close()
        session = undefined
        throw atPlace(error, options.route.place)
      }
    },
    close: () => session?.close(),
  }
}
