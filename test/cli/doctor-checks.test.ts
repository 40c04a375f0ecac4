import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { doctorChecks, judgeDoctor, judgeRetired } from '../../cli/checks/doctor.ts'
import type { DoctorFacts } from '../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../cli/facts/gathered.ts'
import {
  aConfig,
  aPattern,
  arn,
  behindShared,
  database,
  endpointService,
  functionArn,
  hostname,
  lambda,
  loadBalancer,
  ofHostName,
  rule,
  rules,
  schedule,
  settingsOf,
  someFacts,
  targetGroup,
} from './doctor-facts.ts'
import { soundFacts } from './migrate-facts.ts'

const withGroup = (attributes: Record<string, string>) =>
  known({ ...targetGroup, attributes: { ...targetGroup.attributes, ...attributes } })
const withHealthCheck = (changes: object) =>
  known({ ...targetGroup, healthCheck: { ...targetGroup.healthCheck, ...changes } })
const withListener = (idleTimeoutSeconds: number) =>
  known([{ arn: 'l', port: 5432, protocol: 'TCP', targetGroupArns: [], idleTimeoutSeconds }])
const weighted = { role: 'writer', strategy: 'weighted', listenerArn: 'l' } as const
const weighing = (weight: number) =>
  known([
    {
      arn: 'l',
      port: 5432,
      protocol: 'TCP',
      targetGroupArns: [targetGroup.arn],
      weights: { [targetGroup.arn]: weight },
      idleTimeoutSeconds: 6000,
    },
  ])
const { config: _, ...lambdaWithoutConfig } = lambda
const withConfig = (changes: object) => known({ ...lambda, config: JSON.stringify(aConfig(changes)) })
const aParameter = (changes: object) => ({ group: 'orders-mysql8', isModifiable: true, isPending: false, ...changes })
const ofCluster = settingsOf({
  arn: arn.replace(':db:', ':cluster:'),
  endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
})
const wakened = settingsOf({ ...hostname, wakeOn: [{ source: ['my.cluster'] }] })
const aWake = {
  name: 'repoint-queue-wake-on-1',
  state: 'ENABLED',
  pattern: '{"source":["my.cluster"]}',
  targets: [{ arn: functionArn }],
}
const mysql = settingsOf({ engine: 'mysql', port: 5432 })
const mariadb = settingsOf({ engine: 'mariadb', port: 5432 })
const inVpc = settingsOf({ network: { mode: 'in-vpc' } })
const isolated = settingsOf({ network: { mode: 'isolated' } })
const functionInVpc = known({
  ...lambda,
  vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupIds: ['sg-fn'] },
})
const enforcing = known({ ...loadBalancer, enforcesOnPrivateLink: true })
// As of a file that was deployed before settings had to say who may come in.
const noService = {
  endpointServices: known([]),
  settings: { ...settingsOf(), exposure: { ...settingsOf().exposure, endpointService: false } },
}
const anEndpoint = (service: string, changes: object = {}) => ({
  id: `vpce-${service}`,
  service: `com.amazonaws.eu-west-1.${service}`,
  state: 'available',
  hasPrivateDns: true,
  groups: [{ id: 'sg-vpce', incoming: [rule({ fromPort: 443, toPort: 443, groupIds: ['sg-fn'] })], outgoing: [] }],
  ...changes,
})
const warehouse = (changes: object = {}): Partial<DoctorFacts> => ({
  settings: {
    ...settingsOf(),
    redshift: { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] },
  },
  redshiftCluster: known({
    ...{ nodeType: 'ra3.xlplus', relocation: 'enabled', multiAz: 'Disabled', port: 5439 },
    ...changes,
  }),
})
const aPause = (isOverdue: boolean) => ({ reason: 'CHG-1', until: '2026-11-21T04:00:00.000Z', isOverdue })

type Case = readonly [check: string, severity: string, says: string, changes: Partial<DoctorFacts>]

/** What is changed in a sound database, and what the check of it then says. */
// biome-ignore format: a table
const cases: readonly Case[] = [
  ['database-status', 'warning', 'rebooting', { database: known({ ...database, status: 'rebooting' }) }],
  ['database-status', 'problem', 'no such database', { database: none('DBInstanceNotFound.') }],
  ['standby', 'warning', 'not Multi-AZ', { database: known({ ...database, isMultiAz: false }) }],
  ['standby', 'warning', 'single instance', { settings: ofCluster }],
  ['auto-pause', 'warning', 'The minimum capacity is 0 ACU: the cluster pauses after 600 s without connections', { settings: ofCluster, database: known({ ...database, serverless: { minCapacity: 0, pausesAfterSeconds: 600 } }) }],
  ['auto-pause', 'warning', "health checks ask for one every 10 s", { settings: ofCluster, database: known({ ...database, serverless: { minCapacity: 0 } }) }],
  ['auto-pause', 'ok', 'minimum capacity is 0.5 ACU', { settings: ofCluster, database: known({ ...database, serverless: { minCapacity: 0.5 } }) }],
  ['auto-pause', 'ok', 'No member is serverless', { settings: ofCluster }],
  ['endpoint', 'problem', 'its port is 5433', { database: known({ ...database, port: 5433 }) }],
  ['endpoint', 'warning', 'its endpoint is other.rds', { database: known({ ...database, endpoint: 'other.rds' }) }],
  ['engine', 'ok', 'The engine is docdb', { settings: settingsOf({ ...{ arn: arn.replace(':db:', ':cluster:'), endpoint: 'orders.cluster-abc123.eu-west-1.docdb.amazonaws.com' }, engine: 'other', port: 27017 }), database: known({ ...database, engine: 'docdb' }) }],
  ['zones', 'problem', 'The list of subnets in repoint.json has eu-west-1b, the load balancer has only eu-west-1a', { ...ofHostName, loadBalancer: known({ ...loadBalancer, zones: loadBalancer.zones.slice(0, 1) }) }],
  ['vpc-dns', 'warning', 'DNS hostnames are off: neither private DNS of interface endpoints', { ...ofHostName, vpcDns: known({ support: true, hostnames: false }) }],
  ['security-group-database', 'problem', 'does not admit the load balancer', { ...ofHostName, loadBalancer: enforcing, databaseGroups: known([{ id: 'sg-db', incoming: [], outgoing: [] }]) }],
  ['security-group-database', 'notice', 'name no security group of the host', { ...ofHostName, databaseGroups: none('The settings name no security group of the host') }],
  ['security-group-load-balancer', 'problem', 'may not send to 10.0.1.0/24 (eu-west-1a), 10.0.2.0/24 (eu-west-1b)', { ...ofHostName, balancerGroups: known([{ id: 'sg-lb', incoming: [], outgoing: [] }]) }],
  ['engine', 'notice', 'The engine is mysql', { database: known({ ...database, engine: 'mysql' }) }],
  ['publicly-accessible', 'problem', 'outside its VPC', { database: known({ ...database, isPubliclyAccessible: true }) }],
  ['publicly-accessible', 'warning', 'DNS hostnames', { database: known({ ...database, isPubliclyAccessible: true }), lambda: functionInVpc }],
  ['name-answer', 'warning', 'gives no address (ENOTFOUND)', { answer: known({ kind: 'none', why: 'ENOTFOUND' }) }],
  ['name-answer', 'warning', 'resolves to 54.1.2.3, outside 10.0.0.0/16', { answer: known({ kind: 'addresses', addresses: ['54.1.2.3'], ttlSeconds: 5, chain: [] }) }],
  ['name-answer', 'warning', 'has 2 addresses', { answer: known({ kind: 'addresses', addresses: ['10.0.1.1', '10.0.1.2'], ttlSeconds: 5, chain: [] }) }],
  ['hosted-zones', 'warning', 'does not see it', { hostedZones: known([{ id: 'Z1', name: 'eu-west-1.rds.amazonaws.com.', owner: '1' }]) }],
  ['hosted-zones', 'problem', 'the function gets its records', { settings: inVpc, hostedZones: known([{ id: 'Z1', name: 'orders.abc123.eu-west-1.rds.amazonaws.com.', owner: '1' }]) }],
  ['vpc-dns', 'warning', 'DNS hostnames are off', { vpcDns: known({ support: true, hostnames: false }) }],
  ['vpc-dns', 'problem', 'not even the function’s', { settings: inVpc, vpcDns: known({ support: false, hostnames: true }) }],
  ['vpc-dns', 'problem', 'even inside the VPC', { settings: inVpc, vpcDns: known({ support: true, hostnames: false }), database: known({ ...database, isPubliclyAccessible: true }) }],
  ['dhcp-dns', 'warning', 'lets nothing out to 10.0.0.53 on port 53', { settings: inVpc, vpcDnsServers: known(['10.0.0.53']) }],
  ['dhcp-dns', 'warning', 'lets nothing out to 10.0.0.54 on port 53', { settings: settingsOf({ network: { mode: 'isolated' }, dnsServers: ['10.0.0.53'] }), vpcDnsServers: known(['10.0.0.53', '10.0.0.54']) }],
  ['dhcp-dns', 'ok', 'dnsServers too', { settings: settingsOf({ network: { mode: 'in-vpc' }, dnsServers: ['10.0.0.53:5353'] }), vpcDnsServers: known(['10.0.0.53']) }],
  ['dhcp-dns', 'notice', 'The function is outside the VPC', { vpcDnsServers: known(['10.0.0.53', 'AmazonProvidedDNS']) }],
  ['dhcp-dns', 'ok', "the VPC's own resolver", { settings: inVpc, vpcDnsServers: known([]) }],
  ['subnet-addresses', 'notice', 'has 1 free', { databaseSubnets: known([{ id: 'subnet-1', zone: 'eu-west-1a', cidr: '10.0.1.0/28', freeAddresses: 1 }]) }],
  ['registrations', 'problem', 'No target is registered', { targets: known([{ ip: '10.0.1.10', port: 5432, state: 'draining' }]) }],
  ['registrations', 'problem', 'Target.NotInUse', { targets: known([{ ip: '10.0.3.10', port: 5432, state: 'unused', reason: 'Target.NotInUse' }]) }],
  ['registrations', 'problem', 'is unhealthy (Target.FailedHealthChecks)', { targets: known([{ ip: '10.0.1.10', port: 5432, state: 'unhealthy', reason: 'Target.FailedHealthChecks' }]) }],
  ['registrations', 'warning', 'is initial', { targets: known([{ ip: '10.0.1.10', port: 5432, state: 'initial' }]) }],
  ['registrations', 'warning', '2 targets', { targets: known([{ ip: '10.0.1.10', port: 5432, state: 'healthy' }, { ip: '10.0.2.20', port: 5432, state: 'healthy' }]) }],
  ['registrations', 'ok', '10.0.2.20:5432 unhealthy', { door: { role: 'writer', strategy: 'standby' }, targets: known([{ ip: '10.0.1.10', port: 5432, state: 'healthy' }, { ip: '10.0.2.20', port: 5432, state: 'unhealthy' }]) }],
  ['registrations', 'ok', 'a spare group', { door: weighted, listeners: weighing(0), targets: known([]) }],
  ['registrations', 'problem', 'No target is registered', { door: weighted, listeners: weighing(1), targets: known([]) }],
  ['registrations', 'warning', 'a failover to it would not work', { door: weighted, listeners: weighing(0), targets: known([{ ip: '10.0.1.10', port: 5432, state: 'unhealthy' }]) }],
  ['target-group', 'problem', 'type is instance', { targetGroup: known({ ...targetGroup, targetType: 'instance' }) }],
  ['target-group', 'problem', 'protocol is TLS', { targetGroup: known({ ...targetGroup, protocol: 'TLS' }) }],
  ['target-group', 'problem', 'No listener forwards', { targetGroup: known({ ...targetGroup, loadBalancerArns: [] }) }],
  ['target-group', 'warning', 'port is 5433', { targetGroup: known({ ...targetGroup, port: 5433 }) }],
  ['target-group', 'warning', 'is in vpc-2', { targetGroup: known({ ...targetGroup, vpcId: 'vpc-2' }) }],
  ['target-group', 'problem', 'no target group', { targetGroup: none('TargetGroupNotFound.') }],
  ['health-check', 'problem', 'speaks HTTP', { targetGroup: withHealthCheck({ protocol: 'HTTP' }) }],
  ['health-check', 'problem', 'probes port 80', { targetGroup: withHealthCheck({ port: '80' }) }],
  ['health-check', 'warning', '90 s until a dead writer is unhealthy', { targetGroup: withHealthCheck({ intervalSeconds: 30, unhealthyThreshold: 3 }) }],
  ['health-check', 'warning', '150 s until a new writer is healthy', { targetGroup: withHealthCheck({ intervalSeconds: 30, healthyThreshold: 5 }) }],
  ['health-check', 'warning', 'longer than its interval', { targetGroup: withHealthCheck({ timeoutSeconds: 12 }) }],
  ['health-check', 'notice', 'each counts as a connection error', { settings: mysql, targetGroup: withHealthCheck({ intervalSeconds: 5 }) }],
  ['mysql-host-blocking', 'problem', 'max_connect_errors is 100 (the engine’s default; RDS’s is unconfirmed)', { settings: mysql, parameters: known({}) }],
  ['mysql-host-blocking', 'problem', 'after 17 minutes or less', { settings: mysql, parameters: known({ skip_name_resolve: aParameter({ value: '0' }) }) }],
  ['mysql-host-blocking', 'warning', 'waits for a reboot', { settings: mysql, parameters: known({ skip_name_resolve: aParameter({ value: '1', isPending: true }) }) }],
  ['mysql-host-blocking', 'ok', 'skip_name_resolve is on', { settings: mysql, parameters: known({ skip_name_resolve: aParameter({ value: '1' }) }) }],
  ['mysql-host-blocking', 'notice', 'max_connect_errors is 1000000', { settings: mysql, parameters: known({ max_connect_errors: aParameter({ value: '1000000' }) }) }],
  ['mysql-host-blocking', 'ok', 'host_cache_size is 0', { settings: mariadb, parameters: known({ host_cache_size: aParameter({ value: '0' }) }) }],
  ['mysql-host-blocking', 'notice', 'UNCONFIRMED on RDS', { settings: mysql, parameters: known({ host_cache_size: aParameter({ value: '0' }) }) }],
  ['mysql-host-blocking', 'notice', 'performance_schema is not set, and off by MariaDB’s default', { settings: mariadb, parameters: known({}) }],
  ['mysql-host-blocking', 'notice', 'performance_schema is off', { settings: mariadb, parameters: known({ performance_schema: aParameter({ value: '0' }) }) }],
  ['mysql-host-blocking', 'problem', 'max_connect_errors is 100', { settings: mariadb, parameters: known({ performance_schema: aParameter({ value: '1' }) }) }],
  ['deregistration', 'warning', 'sessions with the old writer hang', { targetGroup: withGroup({ 'deregistration_delay.connection_termination.enabled': 'false' }) }],
  ['deregistration', 'problem', 'read-only errors', { settings: ofCluster, targetGroup: withGroup({ 'deregistration_delay.connection_termination.enabled': 'false' }) }],
  ['deregistration', 'warning', 'is 300 s', { targetGroup: withGroup({ 'deregistration_delay.timeout_seconds': '300' }) }],
  ['unhealthy-termination', 'warning', 'are kept', { targetGroup: withGroup({ 'target_health_state.unhealthy.connection_termination.enabled': 'false' }) }],
  ['client-ip', 'warning', 'preservation is on', { targetGroup: withGroup({ 'preserve_client_ip.enabled': 'true' }) }],
  ['proxy-protocol', 'problem', 'v2 is on', { targetGroup: withGroup({ 'proxy_protocol_v2.enabled': 'true' }) }],
  ['stickiness', 'warning', 'Stickiness is on', { targetGroup: withGroup({ 'stickiness.enabled': 'true' }) }],
  ['load-balancer', 'problem', 'type is application', { loadBalancer: known({ ...loadBalancer, type: 'application' }) }],
  ['load-balancer', 'problem', 'is provisioning', { loadBalancer: known({ ...loadBalancer, state: 'provisioning' }) }],
  ['load-balancer', 'warning', 'is internet-facing', { loadBalancer: known({ ...loadBalancer, scheme: 'internet-facing' }) }],
  ['load-balancer', 'problem', 'on port 5432 speaks TLS', { listeners: known([{ arn: 'l', port: 5432, protocol: 'TLS', targetGroupArns: [], idleTimeoutSeconds: 350 }]) }],
  ['zones', 'problem', 'The DB subnet group has eu-west-1c', { database: known({ ...database, subnets: [...database.subnets, { id: 'subnet-3', zone: 'eu-west-1c' }] }) }],
  ['cross-zone', 'problem', 'is off (on the target group)', { targetGroup: withGroup({ 'load_balancing.cross_zone.enabled': 'false' }) }],
  ['cross-zone', 'problem', 'is off (from the load balancer)', { targetGroup: withGroup({ 'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration' }) }],
  ['security-group-database', 'problem', 'covers the probes only', { databaseGroups: known([{ id: 'sg-db', incoming: [rule({ groupIds: ['sg-lb'] })], outgoing: [] }]) }],
  ['security-group-database', 'ok', "admits the load balancer's security group", { loadBalancer: enforcing, databaseGroups: known([{ id: 'sg-db', incoming: [rule({ groupIds: ['sg-lb'] })], outgoing: [] }]) }],
  ['security-group-database', 'ok', "admits the load balancer's security group", { ...noService, databaseGroups: known([{ id: 'sg-db', incoming: [rule({ groupIds: ['sg-lb'] })], outgoing: [] }]) }],
  ['security-group-database', 'problem', 'probes and connections are dropped', { loadBalancer: enforcing, databaseGroups: known([{ id: 'sg-db', incoming: [], outgoing: [] }]) }],
  ['security-group-database', 'problem', 'has no security group', { loadBalancer: known({ ...loadBalancer, securityGroupIds: [] }), databaseGroups: known([{ id: 'sg-db', incoming: [rule({ cidrs: ['10.0.1.0/24'] })], outgoing: [] }]) }],
  ['security-group-database', 'problem', 'on port 5432', { databaseGroups: known([{ id: 'sg-db', incoming: [rule({ cidrs: ['0.0.0.0/0'], fromPort: 3306, toPort: 3306 })], outgoing: [] }]) }],
  ['security-group-database', 'warning', 'depends on pl-1', { databaseGroups: known([{ id: 'sg-db', incoming: [rule({ prefixListIds: ['pl-1'] })], outgoing: [] }]) }],
  ['security-group-database', 'unknown', 'addresses are not known', { loadBalancer: known({ ...loadBalancer, addresses: known([]) }) }],
  ['security-group-load-balancer', 'problem', 'may not send to 10.0.2.0/24 (eu-west-1b)', { balancerGroups: known([{ id: 'sg-lb', incoming: [], outgoing: [rule({ cidrs: ['10.0.1.0/24'] })] }]) }],
  ['security-group-load-balancer', 'ok', 'may send to every subnet', { balancerGroups: known([{ id: 'sg-lb', incoming: [], outgoing: [rule({ groupIds: ['sg-db'] })] }]) }],
  ['security-group-load-balancer', 'ok', 'can never get one', { loadBalancer: known({ ...loadBalancer, securityGroupIds: [] }) }],
  ['privatelink-enforcement', 'notice', 'enforcement is off', {}],
  ['privatelink-enforcement', 'problem', 'admit no client on port 5432', { loadBalancer: enforcing }],
  ['privatelink-enforcement', 'warning', 'judged by their own addresses', { loadBalancer: enforcing, balancerGroups: known([{ id: 'sg-lb', incoming: [rule({ cidrs: ['10.0.0.0/8'] })], outgoing: [] }]) }],
  ['privatelink-enforcement', 'problem', 'admit no client on port 5432', noService],
  ['privatelink-enforcement', 'problem', 'client networks 10.9.0.0/16', { settings: settingsOf({ exposure: { clientCidrs: ['10.9.0.0/16'] } }) }],
  ['endpoint-service', 'warning', 'no consumer reaches it', { endpointServices: known([]) }],
  ['endpoint-service', 'ok', 'No endpoint service is wanted', noService],
  ['endpoint-service', 'problem', 'is Failed', { endpointServices: known([{ ...endpointService, state: 'Failed' }]) }],
  ['endpoint-service', 'warning', 'vpce-9 of account 777 waits', { endpointServices: known([{ ...endpointService, connections: known([{ endpointId: 'vpce-9', owner: '777', state: 'pendingAcceptance' }]) }]) }],
  ['endpoint-service', 'notice', 'is rejected', { endpointServices: known([{ ...endpointService, connections: known([{ endpointId: 'vpce-9', owner: '777', state: 'rejected' }]) }]) }],
  ['endpoint-service', 'warning', 'every AWS account without acceptance', { endpointServices: known([{ ...endpointService, acceptanceRequired: false, allowedPrincipals: known(['*']) }]) }],
  ['endpoint-service', 'warning', 'allows no principal', { endpointServices: known([{ ...endpointService, allowedPrincipals: known([]) }]) }],
  ['endpoint-service', 'warning', 'is pendingVerification', { endpointServices: known([{ ...endpointService, privateDnsName: 'db.example.com', privateDnsState: 'pendingVerification' }]) }],
  ['idle-timeout', 'problem', 'first keepalive comes after 300 s', { listeners: withListener(300) }],
  ['idle-timeout', 'warning', 'idle for 350 s', { listeners: withListener(350), clientKeepaliveSeconds: undefined as unknown as number }],
  ['idle-timeout', 'notice', 'idle for 6000 s', { clientKeepaliveSeconds: undefined as unknown as number }],
  ['idle-timeout', 'problem', 'no listener', { listeners: known([]) }],
  ['server-keepalive', 'warning', 'after 7200 s', { parameters: known({ tcp_keepalives_idle: aParameter({ value: '0' }) }) }],
  ['server-keepalive', 'notice', 'unconfirmed', { parameters: known({}) }],
  ['function', 'problem', 'is Failed: no subnets', { lambda: known({ ...lambda, state: 'Failed', stateReason: 'no subnets' }) }],
  ['function', 'warning', 'last update of repoint-orders failed', { lambda: known({ ...lambda, lastUpdate: 'Failed' }) }],
  ['function', 'warning', 'runs on nodejs18.x', { lambda: known({ ...lambda, runtime: 'nodejs18.x' }) }],
  ['function', 'problem', 'There is no function', { lambda: none('Function not found.') }],
  ['function-concurrency', 'problem', 'never runs', { lambda: known({ ...lambda, reservedConcurrency: known(0) }) }],
  ['function-concurrency', 'notice', 'reserves no concurrency', { lambda: known({ ...lambda, reservedConcurrency: known(undefined) }) }],
  ['function-version', 'warning', 'means version 3', { lambda: known({ ...lambda, tickVersion: known('3') }) }],
  ['function-version', 'warning', 'has no alias', { lambda: known({ ...lambda, tickVersion: known(undefined) }) }],
  ['function-config', 'unknown', 'does not show the variables', { lambda: known({ ...lambdaWithoutConfig, hidden: 'Lambda was unable to decrypt' }) }],
  ['function-config', 'problem', 'cannot start', { lambda: known({ ...lambda, config: '{}' }) }],
  ['function-config', 'problem', 'the port is 5433, repoint.json has 5432', { lambda: withConfig({ database: { ...aConfig().database, port: 5433 } }) }],
  ['function-config', 'problem', 'the target group is', { targetGroup: known({ ...targetGroup, arn: 'arn:other' }) }],
  ['function-config', 'warning', 'The policy paused withholds steps', { lambda: withConfig({ policies: ['paused'] }) }],
  ['function-timeout', 'warning', 'timeout is 60 s', { lambda: known({ ...lambda, timeoutSeconds: 60 }) }],
  ['permissions', 'problem', 'does not allow', { permissions: known([{ action: 'elasticloadbalancing:RegisterTargets', resource: 'g', decision: 'implicitDeny' }]) }],
  ['permissions', 'problem', 'denies', { permissions: known([{ action: 'elasticloadbalancing:RegisterTargets', resource: 'g', decision: 'explicitDeny' }]) }],
  ['endpoint-policy', 'problem', 'no interface endpoint for events', { settings: isolated, lambda: functionInVpc, vpcEndpoints: known([anEndpoint('elasticloadbalancing')]) }],
  ['endpoint-policy', 'notice', 'NAT gateway', { settings: inVpc, lambda: functionInVpc }],
  ['endpoint-policy', 'problem', 'no private DNS', { settings: isolated, lambda: functionInVpc, vpcEndpoints: known([anEndpoint('events', { hasPrivateDns: false })]) }],
  ['endpoint-policy', 'ok', 'let the function', { settings: isolated, lambda: functionInVpc, functionSubnets: known([{ id: 'subnet-9', zone: 'eu-west-1a', cidr: '10.9.1.0/24', freeAddresses: 9 }]), vpcEndpoints: known(['events', 'elasticloadbalancing', 'ec2', 'rds'].map(it => anEndpoint(it, { groups: [{ id: 'sg-vpce', incoming: [rule({ fromPort: 443, toPort: 443, cidrs: ['10.9.0.0/16'] })], outgoing: [] }] }))) }],
  ['endpoint-policy', 'warning', 'admits the function depends on pl-1', { settings: isolated, lambda: functionInVpc, functionSubnets: known([{ id: 'subnet-9', zone: 'eu-west-1a', cidr: '10.9.1.0/24', freeAddresses: 9 }]), vpcEndpoints: known([anEndpoint('events', { groups: [{ id: 'sg-vpce', incoming: [rule({ fromPort: 443, toPort: 443, prefixListIds: ['pl-1'] })], outgoing: [] }] })]) }],
  ['vpc-dns', 'problem', 'neither private DNS of interface endpoints', { settings: isolated, vpcDns: known({ support: true, hostnames: false }) }],
  ['endpoint-policy', 'problem', 'admits neither', { settings: isolated, lambda: functionInVpc, vpcEndpoints: known([anEndpoint('events', { groups: [{ id: 'sg-vpce', incoming: [], outgoing: [] }] })]) }],
  ['endpoint-policy', 'problem', 'does not let events:PutEvents', { settings: isolated, lambda: functionInVpc, vpcEndpoints: known([anEndpoint('events', { policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"events:DescribeRule","Resource":"*"}]}' })]) }],
  ['endpoint-policy', 'ok', 'let the function', { settings: isolated, lambda: functionInVpc, vpcEndpoints: known([anEndpoint('events'), anEndpoint('elasticloadbalancing'), anEndpoint('ec2'), anEndpoint('rds')]) }],
  ['rule', 'problem', 'No EventBridge rule', { rules: known([]) }],
  ['rule', 'problem', 'no pause explains it', { rules: known(rules.map(it => ({ ...it, state: 'DISABLED' }))) }],
  ['rule', 'warning', 'by a pause until 2026-11-21T04:00:00.000Z: CHG-1', { rules: known(rules.map(it => ({ ...it, state: 'DISABLED' }))), schedules: known([{ ...schedule, pause: aPause(false) }]) }],
  ['rule', 'problem', 'by a pause that ended', { rules: known(rules.map(it => ({ ...it, state: 'DISABLED' }))), schedules: known([{ ...schedule, pause: aPause(true) }]) }],
  ['rule', 'problem', 'does not call the function', { rules: known(rules.map(it => ({ ...it, targets: [{ arn: `${functionArn}-other` }] }))) }],
  ['rule', 'problem', 'lost: RDS-EVENT-0013', { rules: known(rules.map(it => ({ ...it, pattern: it.pattern.replace('"RDS-EVENT-0013",', '') }))) }],
  ['rule', 'problem', 'no RDS DB Instance Events', { rules: known(rules.map(it => ({ ...it, pattern: it.pattern.replace(':db:orders', ':db:other') }))) }],
  ['rule', 'warning', 'no RDS Blue Green Deployment Events', { rules: known(rules.slice(0, 1)) }],
  ['rule', 'warning', "cluster's instances", { settings: ofCluster, rules: known([{ ...rules[0], pattern: aPattern('cluster', 'RDS DB Cluster Event', [{ prefix: arn.replace(':db:orders', ':cluster:') }]) } as (typeof rules)[number]]) }],
  ['rule', 'notice', 'A host name has no RDS events, and wakeOn names nothing', ofHostName],
  ['rule', 'problem', 'The rule repoint-queue-wake-on-1, which wakeOn asks for, is not there', { settings: wakened, rules: known([]) }],
  ['rule', 'problem', 'no pause explains it', { settings: wakened, rules: known([{ ...aWake, state: 'DISABLED' }]) }],
  ['rule', 'problem', 'does not call the function', { settings: wakened, rules: known([{ ...aWake, targets: [] }]) }],
  ['rule', 'ok', 'A watch is started by the rule repoint-queue-wake-on-1', { settings: wakened, rules: known([aWake]) }],
  ['rule', 'problem', 'The rule repoint-orders-wake-on-1', { settings: settingsOf({ wakeOn: [{ source: ['my.cluster'] }] }) }],
  ['schedule', 'problem', 'No schedule', { schedules: known([]) }],
  ['schedule', 'problem', 'is disabled', { schedules: known([{ ...schedule, state: 'DISABLED' }]) }],
  ['schedule', 'warning', 'Paused until', { schedules: known([{ ...schedule, input: '{"action":"plan"}', pause: aPause(false) }]) }],
  ['schedule', 'problem', 'has ended since a pause', { schedules: known([{ ...schedule, hasEnded: true, pause: aPause(true) }]) }],
  ['schedule', 'problem', 'which is not a resync', { schedules: known([{ ...schedule, input: '{"action":"plan"}' }]) }],
  ['schedule', 'warning', 'every 60 minutes', { schedules: known([{ ...schedule, expression: 'rate(1 hour)' }]) }],
  ['dead-letters', 'problem', '2 events were given up', { deadLetters: known([{ arn: 'arn:aws:sqs:r:a:q', messages: 2, inFlight: 0 }]) }],
  ['redshift-endpoints', 'ok', 'warehouse is of ra3.xlplus, with relocation enabled and Multi-AZ Disabled, on port 5439', warehouse()],
  ['redshift-endpoints', 'ok', 'relocation disabled and Multi-AZ Enabled', warehouse({ relocation: 'disabled', multiAz: 'Enabled' })],
  ['redshift-endpoints', 'ok', 'relocation not shown and Multi-AZ enabled', warehouse({ relocation: undefined, multiAz: 'enabled' })],
  ['redshift-endpoints', 'problem', 'has dc2.large nodes, not RA3', warehouse({ nodeType: 'dc2.large' })],
  ['redshift-endpoints', 'problem', 'has ds2.8xlarge nodes, not RA3', warehouse({ nodeType: 'ds2.8xlarge' })],
  ['redshift-endpoints', 'unknown', 'The nodes of warehouse are rg.xlarge', warehouse({ nodeType: 'rg.xlarge' })],
  ['redshift-endpoints', 'unknown', 'are of a type that Redshift does not show', warehouse({ nodeType: undefined })],
  ['redshift-endpoints', 'problem', 'neither relocation nor Multi-AZ turned on', warehouse({ relocation: 'disabled' })],
  ['redshift-endpoints', 'unknown', 'Relocation of warehouse is pending_enabling, and Multi-AZ Disabled', warehouse({ relocation: 'pending_enabling' })],
  ['redshift-endpoints', 'unknown', 'Relocation of warehouse is not shown, and Multi-AZ not shown', warehouse({ relocation: undefined, multiAz: undefined })],
  ['redshift-endpoints', 'unknown', 'Relocation of warehouse is disabled, and Multi-AZ not shown', warehouse({ relocation: 'disabled', multiAz: undefined })],
  ...[5430, 5456, 8190, 8216].map((port): Case => ['redshift-endpoints', 'problem', `is on port ${port}`, warehouse({ port })]),
  ...[5431, 5455, 8191, 8215].map((port): Case => ['redshift-endpoints', 'ok', `on port ${port}`, warehouse({ port })]),
  ['redshift-endpoints', 'unknown', 'does not show the port of warehouse', warehouse({ port: undefined })],
  ['redshift-endpoints', 'problem', 'There is no Redshift cluster warehouse. Cluster warehouse not found', { ...warehouse(), redshiftCluster: none('Cluster warehouse not found (redshift:DescribeClusters).') }],
  ['redshift-endpoints', 'unknown', 'denied', { ...warehouse(), redshiftCluster: notKnown('denied') }],
  ['dead-letters', 'warning', 'no destination', { lambda: known({ ...lambda, onFailureArn: known(undefined) }) }],
  ['dead-letters', 'warning', 'The rules events, blue-green have no dead-letter queue', { rules: known(rules.map(it => ({ ...it, targets: [{ arn: functionArn }] }))) }],
  ['dead-letters', 'warning', 'There is no dead-letter queue', { deadLetters: none('It does not exist.') }],
  ['registrations', 'problem', '10.0.1.10:5432 is unhealthy', { door: { role: 'writer', strategy: 'standby' }, targets: known([{ ip: '10.0.1.10', port: 5432, state: 'unhealthy' }, { ip: '10.0.2.20', port: 5432, state: 'unhealthy' }]) }],
  ['protection', 'notice', 'its termination protection is off', { stack: known({ name: 'Repoint-orders', status: 'CREATE_COMPLETE', isProtected: false }) }],
  ['protection', 'notice', 'Deletion protection of the load balancer is off', { loadBalancer: known({ ...loadBalancer, attributes: {} }) }],
  ['protection', 'ok', 'is protected', { settings: settingsOf({ frontDoor: { kind: 'existing', targetGroupArn: targetGroup.arn } }), loadBalancer: known({ ...loadBalancer, attributes: {} }) }],
  ['protection', 'warning', 'can neither be repeated nor removed', { stack: known({ name: 'Repoint-orders', status: 'ROLLBACK_COMPLETE', isProtected: true }) }],
  ['protection', 'notice', 'comes after the first deployment', { stack: known({ name: 'Repoint-orders', status: 'ROLLBACK_COMPLETE', isProtected: false }) }],
  ['protection', 'warning', 'did not end', { stack: known({ name: 'Repoint-orders', status: 'UPDATE_ROLLBACK_FAILED', isProtected: true }) }],
  ['protection', 'notice', 'There is no stack', { stack: none('There is no stack Repoint-orders.') }],
  ['protection', 'notice', 'Deletion protection of the load balancer is off', { settings: settingsOf({ frontDoor: behindShared(5432) }), loadBalancer: known({ ...loadBalancer, attributes: {} }) }],
  ['shared-load-balancer', 'ok', 'The listener of orders on the load balancer shared is on port 5432', { settings: settingsOf({ frontDoor: behindShared(5432) }) }],
  ['shared-load-balancer', 'notice', 'reaches the port of every database behind it', { settings: settingsOf({ frontDoor: behindShared(5432) }) }],
  ['shared-load-balancer', 'problem', 'on port 6001 leads to orders; those that do: 5432', { settings: settingsOf({ frontDoor: behindShared(6001) }) }],
  ['shared-load-balancer', 'problem', 'those that do: none', { settings: settingsOf({ frontDoor: behindShared(6001) }), listeners: known([]) }],
  ['shared-load-balancer', 'unknown', 'denied', { settings: settingsOf({ frontDoor: behindShared(5432) }), listeners: notKnown('denied') }],
  // What could not be read is never counted as fine, and no default takes its place.
  ['registrations', 'unknown', 'denied', { door: weighted, listeners: notKnown('denied'), targets: known([]) }],
  ['protection', 'unknown', 'denied', { stack: notKnown('denied') }],
  ['protection', 'unknown', 'denied', { loadBalancer: notKnown('denied') }],
  ['dhcp-dns', 'unknown', 'denied', { vpcDnsServers: notKnown('denied') }],
  ['auto-pause', 'unknown', 'denied', { settings: ofCluster, database: notKnown('denied') }],
  ['dead-letters', 'unknown', 'denied', { lambda: notKnown('denied') }],
  ['dead-letters', 'unknown', 'denied', { rules: notKnown('denied') }],
  ['dead-letters', 'unknown', 'denied', { lambda: known({ ...lambda, onFailureArn: notKnown('denied') }) }],
  ['function-config', 'unknown', 'denied', { targetGroup: notKnown('denied') }],
  ['target-group', 'unknown', 'denied', { database: notKnown('denied') }],
  ['publicly-accessible', 'unknown', 'denied', { database: known({ ...database, isPubliclyAccessible: true }), lambda: notKnown('denied') }],
  ['publicly-accessible', 'problem', 'outside its VPC', { database: known({ ...database, isPubliclyAccessible: true }), lambda: none('Function not found.') }],
  ['vpc-dns', 'unknown', 'denied', { vpcDns: known({ support: true, hostnames: false }), database: notKnown('denied') }],
  ['security-group-database', 'unknown', 'denied', { endpointServices: notKnown('denied') }],
  ['security-group-database', 'unknown', 'denied', { loadBalancer: known({ ...loadBalancer, addresses: notKnown('denied') }) }],
  ['privatelink-enforcement', 'unknown', 'denied', { endpointServices: notKnown('denied') }],
  ['endpoint-policy', 'unknown', 'denied', { settings: isolated, lambda: functionInVpc, functionSubnets: notKnown('denied'), vpcEndpoints: known([anEndpoint('events', { groups: [{ id: 'sg-vpce', incoming: [], outgoing: [] }] })]) }],
  ['rule', 'unknown', 'denied', { rules: known(rules.map(it => ({ ...it, state: 'DISABLED' }))), schedules: notKnown('denied') }],
  ['rule', 'unknown', 'denied', { lambda: notKnown('denied') }],
  ['endpoint-service', 'unknown', 'denied', { endpointServices: known([{ ...endpointService, connections: notKnown('denied') }]) }],
]

describe('a check of doctor', () => {
  it('has nothing to say of a sound database, but that PrivateLink is judged elsewhere', () => {
    const loud = judgeDoctor([someFacts()]).filter(({ severity }) => severity !== 'ok')
    expect(loud.map(({ check, severity }) => [check, severity])).toEqual([['privatelink-enforcement', 'notice']])
  })

  it.each(cases)('%s: %s: %s', (check, severity, says, changes) => {
    const findings = judgeDoctor([someFacts(changes)]).filter(finding => finding.check === check)
    const texts = findings.map(finding => `${finding.severity}: ${finding.fact.replaceAll('’', "'")}`)
    if (severity === 'unknown') expect(texts.filter(text => text.startsWith('ok:'))).toEqual([])
    expect(texts).toContainEqual(
      expect.stringMatching(new RegExp(`^${severity}: .*${literal(says.replaceAll('’', "'"))}`)),
    )
  })

  it.each(cases.filter(([, severity]) => severity === 'problem' || severity === 'warning'))(
    '%s says the remedy of its %s: %s',
    (check, severity, _, changes) => {
      const findings = judgeDoctor([someFacts(changes)]).filter(it => it.check === check && it.severity === severity)
      expect(findings.map(({ remedy }) => remedy)).toEqual(findings.map(() => expect.stringMatching(/.{10}/)))
    },
  )

  it('is tried by at least one case that it finds something in', () => {
    const tried = new Set(cases.filter(([, severity]) => severity !== 'ok').map(([check]) => check))
    expect(doctorChecks.map(({ name }) => name).filter(name => !tried.has(name))).toEqual([])
  })

  it('has a row with its question in docs/doctor.md', () => {
    const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name, question]) => [name, question])
    const documented = rows.filter(([name = '']) => !name.startsWith('consumer-'))
    expect(documented).toEqual(doctorChecks.map(({ name, question }) => [name, question]))
  })

  it('is unknown where its fact may not be read, names the permission, and leaves the others alone', () => {
    const missing = {
      kind: 'unknown',
      why: 'Not allowed: ec2:DescribeSubnets.',
      action: 'ec2:DescribeSubnets',
    } as const
    const findings = judgeDoctor([someFacts({ databaseSubnets: missing })])
    const unknown = findings.filter(({ severity }) => severity === 'unknown')
    expect(unknown.map(({ check }) => check)).toEqual(['subnet-addresses', 'security-group-load-balancer'])
    expect(unknown.map(({ remedy }) => remedy)).toEqual(
      unknown.map(() => expect.stringContaining('Allow ec2:DescribeSubnets')),
    )
    expect(findings.filter(({ severity }) => severity === 'ok').length).toBeGreaterThan(25)
  })

  it('says each missing fact once', () => {
    const missing = { kind: 'unknown', why: 'Not allowed: x.', action: 'x' } as const
    const findings = judgeDoctor([someFacts({ databaseGroups: missing, loadBalancer: missing })])
    expect(findings.filter(({ check }) => check === 'security-group-database')).toHaveLength(1)
  })

  it('judges the Redshift cluster of a database that has only the gateway, too', () => {
    const findings = judgeRetired(someFacts(warehouse({ relocation: 'disabled' })), soundFacts())
    expect(findings.filter(({ check }) => check === 'redshift-endpoints')).toMatchObject([{ severity: 'problem' }])
    expect(judgeRetired(someFacts(), soundFacts()).map(({ check }) => check)).not.toContain('redshift-endpoints')
  })

  it('judges each target group of a database with several, and names it', () => {
    const second = known({ ...targetGroup, arn: targetGroup.arn.replace('/orders/', '/orders-2/'), attributes: {} })
    const findings = judgeDoctor([someFacts(), someFacts({ targetGroup: second })])
    expect(findings.filter(({ check }) => check === 'deregistration').map(({ fact }) => fact.split(':')[0])).toEqual([
      'orders',
      'orders-2',
      'orders-2',
    ])
    expect(findings.filter(({ check }) => check === 'schedule')).toHaveLength(1)
  })
})

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
