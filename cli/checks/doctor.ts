import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { autoPause } from './auto-pause.ts'
import { databaseStatus, engine, standby } from './database.ts'
import { deadLetters } from './dead-letters.ts'
import { deregistration } from './deregistration.ts'
import { endpointPolicy } from './endpoint-policy.ts'
import { type Check, type Finding, judgeAll } from './finding.ts'
import { concurrency, lambda, version } from './function.ts'
import { configuration, timeout } from './function-config.ts'
import { healthCheck } from './health-check.ts'
import { hostedZones } from './hosted-zones.ts'
import { listenerIdleTimeout, serverKeepalive } from './idle-timeout.ts'
import { balancer } from './load-balancer.ts'
import { mysqlHostBlocking } from './mysql-hosts.ts'
import { nameAnswer } from './name-answer.ts'
import { permissions } from './permissions.ts'
import { endpoint } from './port.ts'
import { judgePreflight } from './preflight.ts'
import { endpointService, privateLinkEnforcement } from './private-link.ts'
import { protection } from './protection.ts'
import { publiclyAccessible } from './public-access.ts'
import { redshiftEndpoints } from './redshift.ts'
import { registrations } from './registrations.ts'
import { rule } from './rule.ts'
import { schedule } from './schedule.ts'
import { databaseAdmitsBalancer } from './security-group-database.ts'
import { balancerGroup } from './security-group-load-balancer.ts'
import { sharedLoadBalancer } from './shared-load-balancer.ts'
import { databaseAddresses } from './subnet-addresses.ts'
import { clientIp, proxyProtocol, stickiness, targetGroup, unhealthyTermination } from './target-attributes.ts'
import { databaseVpcDns, dhcpDns } from './vpc-dns.ts'
import { balancerZones, crossZone } from './zones.ts'

/** Every check, in the order of the path from the database to the client, and then of what keeps it so. */
export const doctorChecks: readonly Check<DoctorFacts>[] = [
  databaseStatus,
  standby,
  redshiftEndpoints,
  autoPause,
  endpoint,
  engine,
  publiclyAccessible,
  nameAnswer,
  hostedZones,
  databaseVpcDns,
  dhcpDns,
  databaseAddresses,
  registrations,
  targetGroup,
  healthCheck,
  mysqlHostBlocking,
  deregistration,
  unhealthyTermination,
  clientIp,
  proxyProtocol,
  stickiness,
  balancer,
  balancerZones,
  crossZone,
  databaseAdmitsBalancer,
  balancerGroup,
  privateLinkEnforcement,
  endpointService,
  listenerIdleTimeout,
  serverKeepalive,
  lambda,
  concurrency,
  version,
  configuration,
  timeout,
  permissions,
  endpointPolicy,
  rule,
  schedule,
  deadLetters,
  protection,
  sharedLoadBalancer,
]

/**
 * A database that has only the gateway: itself, and the path that preflight judges. Each consumer's side is that
 * consumer's.
 */
export const judgeRetired = (facts: DoctorFacts, path: PreflightFacts): readonly Finding[] => [
  ...judgeAll([databaseStatus, standby, redshiftEndpoints], facts),
  ...judgePreflight(path),
]

/**
 * `groups` are the facts of each target group; what they share is the same in all. A finding about one of several
 * groups names it.
 */
export const judgeDoctor = (groups: readonly DoctorFacts[]): readonly Finding[] =>
  doctorChecks.flatMap(check => {
    const asked = check.isOfGroup ? groups : groups.slice(0, 1)
    return asked.flatMap(facts =>
      check.judge(facts).map(judgement => ({
        check: check.name,
        ...judgement,
        fact: asked.length > 1 ? `${nameOf(facts)}: ${judgement.fact}` : judgement.fact,
      })),
    )
  })

const nameOf = ({ targetGroup, door }: DoctorFacts): string =>
  targetGroup.kind === 'known' ? (targetGroup.value.arn.split('/')[1] ?? '') : `${door.role} ${door.strategy}`
