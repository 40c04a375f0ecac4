import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Finding, judgeAll } from './finding.ts'
import { endpointAddresses, gatewayAddresses } from './free-addresses.ts'
import { idleTimeout } from './gateway-idle-timeout.ts'
import { consumerDns, consumerZones, privateDns, providerZones } from './gateway-names.ts'
import { port } from './gateway-port.ts'
import { databaseGroup, endpointGroup, gatewayGroup } from './gateway-security-groups.ts'
import { latticeZones, zoneOverlap } from './gateway-zones.ts'
import { grants } from './grants.ts'
import { iamAuthentication } from './iam-authentication.ts'
import { protocol } from './protocol.ts'
import { publiclyAccessible } from './publicly-accessible.ts'
import { readers } from './readers.ts'
import { records } from './records.ts'
import { region } from './region.ts'
import { accessLog, configuration, dnsMode, gatewayStatus } from './resource-gateway.ts'
import { share } from './share.ts'
import { stages } from './stages.ts'

/** Everything that would make the migration fail, from the database to the client. */
export const preflightChecks: readonly Check<PreflightFacts>[] = [
  stages,
  region,
  publiclyAccessible,
  protocol,
  port,
  gatewayAddresses,
  latticeZones,
  gatewayStatus,
  dnsMode,
  configuration,
  accessLog,
  databaseGroup,
  gatewayGroup,
  grants,
  providerZones,
  share,
  zoneOverlap,
  endpointAddresses,
  endpointGroup,
  privateDns,
  consumerDns,
  consumerZones,
  records,
  iamAuthentication,
  readers,
  idleTimeout,
]

/** What is not there yet, such as a gateway before shadow, is no finding: shadow makes it, and preflight runs again. */
export const judgePreflight = (facts: PreflightFacts): readonly Finding[] => judgeAll(preflightChecks, facts)
