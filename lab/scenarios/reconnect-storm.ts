import type { Connection } from '../client/connection.ts'
import { classifyError, type ErrorKind } from '../client/errors.ts'
import { instanceOf } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import { waitUntil } from '../time.ts'
import { reported } from './expectations.ts'
import type { RunRecord, Scenario } from './scenario.ts'

/**
 * After a failover everybody connects at once. Real servers have a limit, and say which it is: 53300 "sorry, too many
 * clients already" (https://www.postgresql.org/docs/current/errcodes-appendix.html), 1040 "Too many connections"
 * (https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference).
 */

/** `max_connections` of the lab's servers. */
const mostConnections = 40
const clients = 48

/**
 * Scenario time. The clients are patient: who gives up in the middle of a handshake is counted as a connection error, and
 * twenty of those would make MariaDB block the load balancer, which is another scenario's subject.
 */
const times = { between: 5_000, patience: 120_000, untilFull: 600_000 }

const ended = 'The storm is over'
const tooMany = 'too many connections' satisfies ErrorKind

interface Storm {
  readonly held: readonly Connection[]
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>
  leave(): void
}

/** Each client tries until it is let in, and keeps what it got. */
const startStorm = ({ network, time, connect }: Cloud): Storm => {
  const end = new AbortController()
  const held: Connection[] = []
  const errors: Partial<Record<ErrorKind, number>> = {}
  const limits = { time, connectTimeoutMs: times.patience, statementTimeoutMs: times.patience }
  const tryOnce = async (): Promise<boolean> => {
    try {
      const connection = await connect({ ...network.connectTo(fixture.loadBalancer.ip, fixture.port), ...limits })
      if (end.signal.aborted) connection.end()
      else held.push(connection)
      return true
    } catch (error) {
      const kind = classifyError(error)
      errors[kind] = (errors[kind] ?? 0) + 1
      return false
    }
  }
  const reconnect = async (): Promise<void> => {
    while (!end.signal.aborted && !(await tryOnce())) await time.sleep(times.between, end.signal).catch(() => undefined)
  }
  for (let client = 0; client < clients; client++) void reconnect()
  return {
    held,
    errors,
    leave: () => {
      end.abort()
      for (const connection of held) connection.end()
    },
  }
}

export const reconnectStorm: Scenario = {
  name: 'reconnect-storm',
  database: 'instance',
  needs: { engines: ['postgres', 'mariadb'] },
  promise: `${clients} clients reconnect at once after the failover: the server's own limit refuses some of them and the application, until they leave.`,
  play: async (cloud, { application }) => {
    const failing = instanceOf(cloud).failover()
    const storm = startStorm(cloud)
    try {
      await failing
      const isFull = () => (storm.errors[tooMany] ?? 0) > 0
      const isRefused = () => application.samples.some(({ errorKind }) => errorKind === tooMany)
      await waitUntil(cloud.time, times.untilFull, () => isFull() && isRefused())
      cloud.timeline.record('client', ended, { clients, letIn: storm.held.length, ...storm.errors })
    } finally {
      storm.leave()
    }
  },
  expectations: record => [
    refused(record),
    {
      what: 'the application is refused for the same reason, and the record says so',
      holds: (record.client.errorsByKind[tooMany] ?? 0) > 0,
      found: `${record.client.errorsByKind[tooMany] ?? 0} ${tooMany}`,
    },
    reported(record, 'failover-followed'),
  ],
}

const refused = ({ moments }: RunRecord) => {
  const { letIn, [tooMany]: turnedAway } = moments.find(({ what }) => what === ended)?.fields ?? {}
  return {
    what: 'the server lets in what max_connections allows, and turns the others away',
    holds: Number(turnedAway) > 0 && Number(letIn) > 0 && Number(letIn) <= mostConnections,
    found: `${letIn} of ${clients} let in, ${turnedAway} attempts turned away`,
  }
}
