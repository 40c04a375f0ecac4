import { loggedIn } from './migration-log.ts'
import { migrationMoments } from './migration-moments.ts'
import { passagesOf, strayOutages } from './migration-passages.ts'
import type { MigrationStep } from './migration-play.ts'
import { seconds } from './run-queries.ts'
import type { Expectation, RunRecord } from './scenario.ts'

/**
 * The database's own part of a failover: nothing is registered, and nobody else has to look. Its DNS changes after some 14 s;
 * beside that an attempt that hangs for 5 s, and the next one.
 */
const ownOutageMs = 30_000

/** Longer where the gateway is set to go by what it has heard before. */
const limitOf = ({ gatewayKeepsMs }: RunRecord): number => ownOutageMs + gatewayKeepsMs

/**
 * What every migration promises of the writer's path. `keptForMs`: where the old writer answers again as a reader, a kept
 * connection that finds it goes on with it, and only its age ends it.
 */
export const expectationsOf = (
  record: RunRecord,
  steps: readonly MigrationStep[],
  { keptForMs = 0 }: { readonly keptForMs?: number } = {},
): Expectation[] => {
  const limitMs = limitOf(record)
  const failing = steps.filter(({ failsOver }) => failsOver).map(({ stage }) => stage)
  const passages = passagesOf(record.moments)
  const costs = passages.flatMap(({ stage, failover }) => (failover ? [{ stage, ...failover }] : []))
  const stray = strayOutages(record)
  const unsettled = passages.filter(({ isSettled }) => !isSettled)
  const { all, astray } = loggedIn(record, 'writer')
  const left = record.moments.find(({ what }) => what === migrationMoments.left)?.fields.left as
    | readonly string[]
    | undefined
  const byGateway = costs.flatMap(({ gatewayMs = [] }) => gatewayMs)
  const byBalancer = costs.flatMap(({ nlbMs = [] }) => nlbMs)
  const onGateway = costs.filter(({ stage }) => stage === 'gateway' || stage === 'retired')
  return [
    {
      what: 'every stage is passed, forward and back',
      holds: passages.map(({ stage }) => stage).join(' ') === steps.map(({ stage }) => stage).join(' '),
    },
    {
      what: 'everybody leaves the path that a stage leaves',
      holds: passages.length > 0 && unsettled.length === 0,
      ...(unsettled.length > 0 ? { found: unsettled.map(({ stage }) => stage).join(', ') } : {}),
    },
    trafficAsStaged(record),
    {
      what: `a failover is survived in ${failing.join(', ')}`,
      holds: costs.length === failing.length && costs.every(({ isOver }) => isOver),
      found: costs.map(({ stage }) => stage).join(', '),
    },
    {
      what: 'nothing fails outside the failovers',
      holds: stray.length === 0,
      ...(stray.length > 0 ? { found: `at ${stray.map(seconds).join(', ')}` } : {}),
    },
    {
      what: `by the gateway a failover costs a new connection at most ${seconds(limitMs)}, the database's own part`,
      holds:
        byGateway.length === failing.filter(stage => stage !== 'nlb').length && byGateway.every(ms => ms <= limitMs),
      found: `${byGateway.map(seconds).join(', ')}, against ${byBalancer.map(seconds).join(', ')} by the load balancer`,
    },
    {
      what: `with all traffic on the gateway new connections fail for at most ${seconds(limitMs)}`,
      holds: onGateway.length === 2 && onGateway.every(({ freshMs }) => freshMs <= limitMs),
      found: onGateway.map(({ freshMs }) => seconds(freshMs)).join(', '),
    },
    {
      what: `and a kept connection for at most ${seconds(limitMs + keptForMs)}`,
      holds: onGateway.length === 2 && onGateway.every(({ keptMs }) => keptMs <= limitMs + keptForMs),
      found: onGateway.map(({ keptMs }) => seconds(keptMs)).join(', '),
    },
    {
      what: 'the access log shows each connection at the writer of its moment',
      holds: all > 0 && astray.length === 0,
      found: `${all} connections${astray.map(({ ip, fromMs }) => `, ${ip} at ${seconds(fromMs)}`).join('')}`,
    },
    {
      what: 'nothing is left of load balancer, endpoint service and function',
      holds: left !== undefined && left.length === 0,
      ...(left && left.length > 0 ? { found: left.join(', ') } : {}),
    },
  ]
}

/** Once a stage is known everywhere, new connections go where it says and nowhere else. */
const trafficAsStaged = ({ moments }: RunRecord): Expectation => {
  const wrong = passagesOf(moments).filter(({ stage, settled, connections }) => {
    if (stage === 'shift') return connections.nlb === 0 || connections.gateway === 0
    return (stage === 'gateway' || stage === 'retired' ? settled.nlb : settled.gateway) > 0
  })
  return {
    what: 'new connections take the path that the stage names, and in a shift both',
    holds: wrong.length === 0,
    ...(wrong.length > 0
      ? { found: wrong.map(({ stage, settled }) => `${stage}: ${settled.nlb} and ${settled.gateway}`).join('; ') }
      : {}),
  }
}
