import type { Cloud } from '../cloud/cloud.ts'
import { waitUntil } from '../time.ts'
import type { RunRecord, Scenario, Scene } from './scenario.ts'

/**
 * A TCP health check is a connection without a login. MariaDB and MySQL count them by the client's address, and refuse
 * the address after `max_connect_errors` of them without a login in between: the load balancer's node, and with it every
 * consumer, while the target stays healthy.
 */

/** `max_connect_errors` of the lab's server, and some probes more. */
const probesUntilBlocked = 20 + 4

/** What ends it, each with the statements that an administrator would run. */
const remedies: readonly { readonly name: string; readonly sql: readonly string[] }[] = [
  { name: 'FLUSH HOSTS', sql: ['FLUSH HOSTS'] },
  { name: 'a high max_connect_errors', sql: ['SET GLOBAL max_connect_errors = 1000000'] },
  {
    name: 'no host cache',
    sql: ['SET GLOBAL max_connect_errors = 20', 'SET GLOBAL host_cache_size = 0'],
  },
]

const moments = { tried: 'New connections after a quiet time', remedy: 'A remedy is applied' } as const

const patienceMs = 60_000

/** Nobody logs in for a while; then everybody wants to. */
const tryAfterQuiet = async (cloud: Cloud, { application }: Scene, after: string): Promise<void> => {
  const { time, timeline } = cloud
  const resume = application.pause()
  await time.sleep(probesUntilBlocked * cloud.targetGroup.healthCheck.intervalMs)
  resume()
  const before = application.samples.length
  await waitUntil(time, patienceMs, () =>
    application.samples.slice(before).some(({ connection, step }) => connection === 'fresh' && step === 'connect'),
  )
  const fresh = application.samples.slice(before).find(it => it.connection === 'fresh' && it.step === 'connect')
  timeline.record('client', moments.tried, {
    after,
    outcome: fresh?.ok ? 'let in' : (fresh?.errorKind ?? 'no attempt'),
  })
}

export const hostBlocked: Scenario = {
  name: 'host-blocked',
  database: 'instance',
  needs: { engines: ['mariadb'] },
  promise:
    'In a quiet time the health checks make MariaDB block the load balancer: the target stays healthy, nobody gets in, and each of three remedies ends it.',
  play: async (cloud, scene) => {
    await tryAfterQuiet(cloud, scene, 'no remedy')
    for (const { name, sql } of remedies) {
      for (const statement of sql) await cloud.storage.rows.query(statement)
      cloud.timeline.record('rds', moments.remedy, { remedy: name })
      await waitUntil(cloud.time, patienceMs, () => scene.application.isWorking())
      // Flushing ends the block and not its cause: only the other two last.
      if (name !== 'FLUSH HOSTS') await tryAfterQuiet(cloud, scene, name)
    }
  },
  expectations: record => {
    const outcomes = record.moments.filter(({ what }) => what === moments.tried).map(({ fields }) => fields)
    return [
      {
        what: 'without a remedy the load balancer is blocked',
        holds: outcomes[0]?.outcome === 'host blocked',
        found: String(outcomes[0]?.outcome),
      },
      {
        what: 'the target stays healthy all the time',
        holds: !record.moments.some(({ fields }) => String(fields.state).startsWith('unhealthy')),
      },
      flushed(record),
      ...outcomes.slice(1).map(({ after, outcome }) => ({
        what: `with ${after} a quiet time blocks nobody`,
        holds: outcome === 'let in',
        found: String(outcome),
      })),
    ]
  },
}

const flushed = ({ moments: all }: RunRecord) => {
  const atMs = all.find(({ what }) => what === moments.remedy)?.atMs ?? Number.POSITIVE_INFINITY
  const back = all.find(it => it.atMs >= atMs && it.what === 'The application works again')
  return { what: 'FLUSH HOSTS lets everybody in again', holds: back !== undefined }
}
