import { crossZone } from './checks/cross-zone.ts'
import { engine, port, publiclyAccessible, standby, status } from './checks/database.ts'
import { deadLetters } from './checks/dead-letters.ts'
import { deregistration } from './checks/deregistration.ts'
import { endpointPolicy } from './checks/endpoint-policy.ts'
import { endpointService } from './checks/endpoint-service.ts'
import { concurrency, lambda, version } from './checks/function.ts'
import { configuration, timeout } from './checks/function-config.ts'
import { healthCheck } from './checks/health-check.ts'
import { idleTimeout, serverKeepalive } from './checks/idle-timeout.ts'
import { balancer } from './checks/load-balancer.ts'
import { mysqlHostBlocking } from './checks/mysql-host-blocking.ts'
import { answer, hostedZones, subnetAddresses, vpcDns } from './checks/names.ts'
import { permissions } from './checks/permissions.ts'
import { privateLinkEnforcement } from './checks/privatelink-enforcement.ts'
import { registrations } from './checks/registrations.ts'
import { rule } from './checks/rule.ts'
import { schedule } from './checks/schedule.ts'
import { databaseGroup } from './checks/security-group-database.ts'
import { balancerGroup } from './checks/security-group-load-balancer.ts'
import { clientIp, proxyProtocol, stickiness, targetGroup, unhealthyTermination } from './checks/target-attributes.ts'
import { zones } from './checks/zones.ts'
import type { Facts } from './facts.ts'
import type { Check, Finding } from './finding.ts'

/** Every check, in the order of the path from the database to the client, and then of what keeps it right. */
export const checks: readonly Check[] = [
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
export const judge = (groups: readonly Facts[]): readonly Finding[] =>
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

const nameOf = ({ targetGroup, door }: Facts): string =>
  targetGroup.kind === 'known' ? (targetGroup.value.arn.split('/')[1] ?? '') : `${door.role} ${door.strategy}`
