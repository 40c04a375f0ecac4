import { blocksHosts } from '../../infra/app/settings/engines.ts'
import type { DoctorFacts, ParameterFacts, Parameters } from '../facts/facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** MySQL's default of max_connect_errors. */
const defaultErrors = 100
const highErrors = 1_000_000

/**
 * Each TCP probe is an unfinished handshake. After max_connect_errors of them in a row without a login the server
 * answers error 1129 to that node of the load balancer, and so to every consumer behind it, while the TCP check stays
 * healthy. With skip_name_resolve there is no host to block.
 */
export const mysqlHostBlocking: Check<DoctorFacts> = {
  name: 'mysql-host-blocking',
  question: 'Can MySQL or MariaDB block the load balancer’s addresses?',
  judge: facts => {
    if (!blocksHosts(facts.settings.engine)) return []
    return whenKnown([facts.parameters], parameters => judge(facts, parameters))
  },
}

const judge = (facts: DoctorFacts, parameters: Parameters): readonly Judgement[] => {
  const skip = parameters.skip_name_resolve
  const errors = parameters.max_connect_errors
  if (isOn(skip)) {
    if (skip?.isPending) {
      return [
        warning(
          `skip_name_resolve=1 is set in ${skip.group} and waits for a reboot: until then the server can block the load balancer.`,
          'Reboot the database (repoint drill reboots it with failover, and times it).',
          sources.hostCache,
        ),
      ]
    }
    return [ok(`skip_name_resolve is on (${skip?.group}): no host is ever blocked.`)]
  }
  const limit = errors?.value === undefined ? defaultErrors : Number(errors.value)
  if (limit >= highErrors) {
    return [
      notice(
        `max_connect_errors is ${limit}: the server blocks the load balancer only after that many probes in a row without a login.`,
        'skip_name_resolve=1 removes the blocking altogether.',
        sources.hostCache,
      ),
    ]
  }
  return [
    problem(
      `max_connect_errors is ${limit}${errors?.value === undefined ? ' (the engine’s default; RDS’s is unconfirmed)' : ''} and skip_name_resolve is ${skip?.value === undefined ? 'not set' : 'off'}: ${blockedAfter(facts, limit)} the server answers every consumer behind that node of the load balancer with “Host is blocked” (1129).`,
      remedyFor(skip, errors),
      sources.hostCache,
    ),
    ...(skip === undefined
      ? [
          notice(
            'The parameter group has no skip_name_resolve: whether RDS lets you set it for this engine version is unconfirmed.',
            'Ask the server: SELECT @@skip_name_resolve, @@max_connect_errors; SELECT ip, sum_connect_errors FROM performance_schema.host_cache;',
          ),
        ]
      : []),
  ]
}

const isOn = (parameter: ParameterFacts | undefined): boolean =>
  ['1', 'ON', 'TRUE'].includes((parameter?.value ?? '').toUpperCase())

const blockedAfter = ({ targetGroup }: DoctorFacts, limit: number): string => {
  if (targetGroup.kind !== 'known') return `after ${limit} probes without a login`
  const seconds = limit * targetGroup.value.healthCheck.intervalSeconds
  return `after ${Math.max(1, Math.round(seconds / 60))} minutes or less without a login`
}

const remedyFor = (skip: ParameterFacts | undefined, errors: ParameterFacts | undefined): string => {
  if (skip?.isModifiable) {
    return `Set skip_name_resolve=1 in ${skip.group} (grants must then name addresses or %)${skip.applyType === 'static' ? ' and reboot' : ''}; then say so in mysqlHostBlocking.`
  }
  const where = errors?.group ?? 'the parameter group'
  return `Raise max_connect_errors to ${highErrors} or more in ${where}${errors?.applyType === 'dynamic' ? ' (no reboot)' : ''}; then say so in mysqlHostBlocking.`
}
