import { blocksHosts } from '../../infra/app/settings/engines.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const patienceSeconds = 40

/** Timing of the probes. How fast a new registration gets its first probe is not up to these settings. */
export const healthCheck: Check<DoctorFacts> = {
  name: 'health-check',
  question: 'Do the health checks find a dead writer, and a new one, soon?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], ({ healthCheck: check, port }) => {
      const judgements: Judgement[] = []
      const down = check.intervalSeconds * check.unhealthyThreshold
      const up = check.intervalSeconds * check.healthyThreshold
      const timing = `every ${check.intervalSeconds} s, unhealthy after ${check.unhealthyThreshold}, healthy after ${check.healthyThreshold}`
      const isOther = { protocol: check.protocol !== 'TCP', port: !['traffic-port', String(port)].includes(check.port) }
      const isOfHostName = facts.settings.kind === 'hostname'
      // A host of somebody's own may have a service beside the database that knows whether it is the writer.
      if (isOfHostName && (isOther.protocol || isOther.port)) {
        judgements.push(
          notice(
            `The health check asks port ${isOther.port ? check.port : port} over ${check.protocol}, the traffic goes to ${port} over TCP: what answers there decides whether the writer is healthy.`,
            'Set the health check’s protocol to TCP and its port to traffic-port, unless that service answers for the database.',
            sources.healthChecks,
          ),
        )
      }
      if (!isOfHostName && isOther.protocol) {
        judgements.push(
          problem(
            `The health check speaks ${check.protocol}: no database on RDS answers it.`,
            'Set the health check’s protocol to TCP.',
            sources.healthChecks,
          ),
        )
      }
      if (!isOfHostName && isOther.port) {
        judgements.push(
          problem(
            `The health check probes port ${check.port}, the traffic goes to ${port}: nothing else listens on an RDS host.`,
            'Set the health check’s port to traffic-port.',
            sources.healthChecks,
          ),
        )
      }
      const slow = [
        down > patienceSeconds ? `${down} s until a dead writer is unhealthy` : [],
        up > patienceSeconds ? `${up} s until a new writer is healthy` : [],
      ].flat()
      if (slow.length > 0) {
        judgements.push(
          warning(
            `The health check is slow (${timing}): ${slow.join(', ')}.`,
            'Set the interval to 10 s (15 s for MySQL and MariaDB that may block hosts) and both thresholds to 2.',
            sources.healthChecks,
          ),
        )
      }
      if (check.timeoutSeconds > check.intervalSeconds) {
        judgements.push(
          warning(
            `The health check's timeout of ${check.timeoutSeconds} s is longer than its interval of ${check.intervalSeconds} s.`,
            'Set the timeout to 5 s.',
            sources.healthChecks,
          ),
        )
      }
      if (check.intervalSeconds < 10 && blocksHosts(facts.settings.engine)) {
        judgements.push(
          notice(
            `Probes come every ${check.intervalSeconds} s and from several nodes: each counts as a connection error on ${facts.settings.engine}.`,
            'See mysql-host-blocking; with an interval of 15 s there are fewer of them.',
            sources.hostCache,
          ),
        )
      }
      return judgements.length > 0
        ? judgements
        : [
            ok(
              `Probes over TCP ${timing}: ${down} s until a dead writer is unhealthy. That a faster check would shorten a registration (1.5 to 5 minutes) is unconfirmed.`,
            ),
          ]
    }),
}
