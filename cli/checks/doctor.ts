import type { DoctorFacts } from '../facts/facts.ts'
import { crossZone } from './cross-zone.ts'
import { engine, port, publiclyAccessible, standby, status } from './database.ts'
import { deadLetters } from './dead-letters.ts'
import { deregistration } from './deregistration.ts'
import { endpointPolicy } from './endpoint-policy.ts'
import { endpointService } from './endpoint-service.ts'
import type { Check, Finding } from './finding.ts'
import { concurrency, lambda, version } from './function.ts'
import { configuration, timeout } from './function-config.ts'
import { healthCheck } from './health-check.ts'
import { idleTimeout, serverKeepalive } from './idle-timeout.ts'
import { balancer } from './load-balancer.ts'
import { mysqlHostBlocking } from './mysql-host-blocking.ts'
import { answer, hostedZones, subnetAddresses, vpcDns } from './names.ts'
import { permissions } from './permissions.ts'
import { privateLinkEnforcement } from './privatelink-enforcement.ts'
import { registrations } from './registrations.ts'
import { rule } from './rule.ts'
import { schedule } from './schedule.ts'
import { databaseGroup } from './security-group-database.ts'
import { balancerGroup } from './security-group-load-balancer.ts'
import { clientIp, proxyProtocol, stickiness, targetGroup, unhealthyTermination } from './target-attributes.ts'
import { zones } from './zones.ts'

/** Every check, in the order of the path from the database to the client, and then of what keeps it right. */
export const checks: readonly Check<DoctorFacts>[] = [
  status,
  standby,
  port,
  engine,
  publiclyAccessible,
  answer,
  hostedZones,
  vpcDns,
  subnetAddresses,
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
  zones,
  crossZone,
  databaseGroup,
  balancerGroup,
  privateLinkEnforcement,
  endpointService,
  idleTimeout,
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
]

/**
 * `groups` are the facts of each target group; what they share is the same in all. A finding about one of several
 * groups names it.
 */
export const judge = (groups: readonly DoctorFacts[]): readonly Finding[] =>
  checks.flatMap(check => {
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
