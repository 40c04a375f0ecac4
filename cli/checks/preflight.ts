import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Finding, judgeAll } from './finding.ts'
import { consumerZones, providerZones } from './hosted-zones.ts'
import { iamAuthentication } from './iam-authentication.ts'
import { gatewayIdleTimeout } from './idle-timeout.ts'
import { grants } from './mysql-hosts.ts'
import { clientPort, tcpOnly } from './port.ts'
import { publicTarget } from './public-access.ts'
import { readers } from './readers.ts'
import { region } from './region.ts'
import { accessLog, configuration, dnsMode, gatewayStatus } from './resource-gateway.ts'
import { databaseAdmitsGateway } from './security-group-database.ts'
import { endpointGroup, gatewayGroup } from './security-group-gateway.ts'
import { share } from './share.ts'
import { stages } from './stages.ts'
import { endpointAddresses, gatewayAddresses } from './subnet-addresses.ts'
import { consumerVpcDns, privateDns } from './vpc-dns.ts'
import { zoneRecords } from './zone-records.ts'
import { latticeZones, zoneOverlap } from './zones.ts'

/** Everything that would make the migration fail, from the database to the client. */
export const preflightChecks: readonly Check<PreflightFacts>[] = [
  stages,
  region,
  publicTarget,
  tcpOnly,
  clientPort,
  gatewayAddresses,
  latticeZones,
  gatewayStatus,
  dnsMode,
  configuration,
  accessLog,
  databaseAdmitsGateway,
  gatewayGroup,
  grants,
  providerZones,
  share,
  zoneOverlap,
  endpointAddresses,
  endpointGroup,
  privateDns,
  consumerVpcDns,
  consumerZones,
  zoneRecords,
  iamAuthentication,
  readers,
  gatewayIdleTimeout,
]

/** What is not there yet, such as a gateway before shadow, is no finding: shadow makes it, and preflight runs again. */
export const judgePreflight = (facts: PreflightFacts): readonly Finding[] => judgeAll(preflightChecks, facts)
