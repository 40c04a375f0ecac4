import type { ClientPathFacts } from '../../cli/facts/client-path.ts'
import type { DoctorFacts } from '../../cli/facts/doctor-facts.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import { eventIds } from '../../functions/reconciler/rds-event-catalogue.ts'
import { parseSettings } from '../../infra/app/settings.ts'

const region = 'eu-west-1'
const account = '111122223333'
export const arn = `arn:aws:rds:${region}:${account}:db:orders`
export const groupArn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/orders/0123456789abcdef`
export const functionArn = `arn:aws:lambda:${region}:${account}:function:repoint-orders`
const deadLetterArn = `arn:aws:sqs:${region}:${account}:repoint-orders-dead-letters`
const endpoint = 'orders.abc123.eu-west-1.rds.amazonaws.com'

export const entry = {
  arn,
  endpoint,
  engine: 'postgres',
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets: ['a', 'b'].map((zone, index) => ({ id: `subnet-0a1b2c3d4e5f6071${index}`, zone: `eu-west-1${zone}` })),
  allowedCidrs: ['10.0.0.0/16'],
  ownerProof: 'when-possible',
  frontDoor: { kind: 'create', databaseSecurityGroupId: false },
}

const sharedEntry = { name: 'shared', account, region, vpcId: entry.vpcId, subnets: entry.subnets }

/** A front door that is a listener of a load balancer that databases share. */
export const behindShared = (listenerPort: number) => ({
  kind: 'create',
  loadBalancer: 'shared',
  listenerPort,
  databaseSecurityGroupId: false,
})

/** The settings of an entry like the sound one, with these changes. */
export const settingsOf = (changes: object = {}): DoctorFacts['settings'] => {
  const text = JSON.stringify({ databases: [{ ...entry, ...changes }], loadBalancers: [sharedEntry] })
  const [database] = parseSettings('test', text).databases
  if (database === undefined) throw new Error('the entry gave no database')
  return database
}

/** What makes the sound entry one of a host name, which RDS does not know. */
export const hostname = {
  arn: undefined,
  kind: 'hostname',
  id: 'queue',
  endpoint: 'queue.internal.example.com',
  ownerProof: 'off',
  subnets: [1, 2].map(it => ({
    id: `subnet-0a1b2c3d4e5f6071${it}`,
    zone: `eu-west-1${'ab'[it - 1]}`,
    cidr: `10.0.${it}.0/24`,
  })),
}
export const ofHostName = {
  settings: settingsOf({ ...hostname, frontDoor: { kind: 'create', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' } }),
  database: none('A host name has no RDS database that could be asked.'),
}

export const aConfig = (changes: object = {}) => ({
  database: { kind: 'instance', id: 'orders', arn, endpoint, port: 5432 },
  frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn: groupArn, port: 5432 }],
  ...changes,
})

export const aPattern = (source: 'instance' | 'cluster' | 'blue-green', detailType: string, resources?: unknown[]) =>
  JSON.stringify({
    source: ['aws.rds'],
    'detail-type': [detailType],
    ...(resources ? { resources } : {}),
    detail: { EventID: eventIds(source) },
  })

type Known<K extends keyof DoctorFacts> = DoctorFacts[K] extends { kind: 'known'; value: infer V } | { kind: string }
  ? V
  : never

export const database: Known<'database'> = {
  status: 'available',
  engine: 'postgres',
  isMultiAz: true,
  instances: 1,
  isPubliclyAccessible: false,
  vpcId: 'vpc-1',
  subnets: [
    { id: 'subnet-1', zone: 'eu-west-1a' },
    { id: 'subnet-2', zone: 'eu-west-1b' },
  ],
  securityGroupIds: ['sg-db'],
  endpoint,
  port: 5432,
  parameterGroups: [{ name: 'orders', of: 'instance' }],
}

export const targetGroup: Known<'targetGroup'> = {
  arn: groupArn,
  port: 5432,
  protocol: 'TCP',
  targetType: 'ip',
  vpcId: 'vpc-1',
  loadBalancerArns: ['arn:lb'],
  healthCheck: {
    protocol: 'TCP',
    port: 'traffic-port',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
  },
  attributes: {
    'deregistration_delay.timeout_seconds': '0',
    'deregistration_delay.connection_termination.enabled': 'true',
    'load_balancing.cross_zone.enabled': 'true',
  },
}

export const loadBalancer: Known<'loadBalancer'> = {
  arn: 'arn:lb',
  type: 'network',
  scheme: 'internal',
  state: 'active',
  vpcId: 'vpc-1',
  zones: [
    { zone: 'eu-west-1a', subnetId: 'subnet-1' },
    { zone: 'eu-west-1b', subnetId: 'subnet-2' },
  ],
  securityGroupIds: ['sg-lb'],
  enforcesOnPrivateLink: false,
  addresses: known(['10.0.1.5', '10.0.2.5']),
  attributes: { 'load_balancing.cross_zone.enabled': 'false', 'deletion_protection.enabled': 'true' },
}

export const rule = (changes: object) => ({
  protocol: 'tcp',
  fromPort: 5432,
  toPort: 5432,
  cidrs: [],
  groupIds: [],
  prefixListIds: [],
  ...changes,
})

export const lambda: Known<'lambda'> = {
  name: 'repoint-orders',
  arn: functionArn,
  state: 'Active',
  lastUpdate: 'Successful',
  runtime: 'nodejs24.x',
  timeoutSeconds: 900,
  lastModified: '2026-11-21T02:00:00.000+0000',
  codeSha256: 'c0de',
  config: JSON.stringify(aConfig()),
  roleArn: `arn:aws:iam::${account}:role/r`,
  reservedConcurrency: known(1),
  tickVersion: known('$LATEST'),
  onFailureArn: known(deadLetterArn),
}

const targets = [{ arn: functionArn, deadLetterArn }]
export const rules: Known<'rules'> = [
  { name: 'events', state: 'ENABLED', pattern: aPattern('instance', 'RDS DB Instance Event', [arn]), targets },
  { name: 'blue-green', state: 'ENABLED', pattern: aPattern('blue-green', 'RDS Blue Green Deployment Event'), targets },
]

export const schedule: Known<'schedules'>[number] = {
  name: 'repoint-orders/resync',
  state: 'ENABLED',
  expression: 'rate(1 minute)',
  input: '{"action":"tick"}',
  hasEnded: false,
}

export const endpointService: Known<'endpointServices'>[number] = {
  id: 'vpce-svc-1',
  name: 'com.amazonaws.vpce.eu-west-1.vpce-svc-1',
  state: 'Available',
  acceptanceRequired: true,
  allowedPrincipals: known(['arn:aws:iam::444455556666:root']),
  connections: known([{ endpointId: 'vpce-1', owner: '444455556666', state: 'available' }]),
}

/** A sound database: no check has anything to say. */
export const someFacts = (changes: Partial<DoctorFacts> = {}): DoctorFacts => ({
  settings: settingsOf(),
  clientKeepaliveSeconds: 300,
  door: { role: 'writer', strategy: 'swap' },
  database: known(database),
  redshiftCluster: none('The settings grant no managed endpoint of Redshift.'),
  parameters: known({
    tcp_keepalives_idle: { value: '300', group: 'orders', isModifiable: true, isPending: false },
  }),
  targetGroup: known(targetGroup),
  targets: known([{ ip: '10.0.1.10', port: 5432, state: 'healthy' }]),
  loadBalancer: known(loadBalancer),
  listeners: known([
    { arn: 'arn:listener', port: 5432, protocol: 'TCP', targetGroupArns: [groupArn], idleTimeoutSeconds: 6000 },
  ]),
  databaseGroups: known([
    { id: 'sg-db', incoming: [rule({ groupIds: ['sg-lb'] }), rule({ cidrs: ['10.0.0.0/16'] })], outgoing: [] },
  ]),
  balancerGroups: known([{ id: 'sg-lb', incoming: [], outgoing: [rule({ cidrs: ['10.0.0.0/16'] })] }]),
  databaseSubnets: known([
    { id: 'subnet-1', zone: 'eu-west-1a', cidr: '10.0.1.0/24', freeAddresses: 200 },
    { id: 'subnet-2', zone: 'eu-west-1b', cidr: '10.0.2.0/24', freeAddresses: 200 },
  ]),
  vpcDnsServers: known(['AmazonProvidedDNS']),
  stack: known({ name: 'Repoint-orders', status: 'UPDATE_COMPLETE', isProtected: true }),
  vpcDns: known({ support: true, hostnames: true }),
  endpointServices: known([endpointService]),
  functionSubnets: known([]),
  vpcEndpoints: known([]),
  lambda: known(lambda),
  permissions: known([{ action: 'elasticloadbalancing:RegisterTargets', resource: groupArn, decision: 'allowed' }]),
  rules: known(rules),
  schedules: known([schedule]),
  deadLetters: known([{ arn: deadLetterArn, messages: 0, inFlight: 0 }]),
  hostedZones: known([]),
  answer: known({ kind: 'addresses', addresses: ['10.0.1.10'], ttlSeconds: 5, chain: [endpoint] }),
  ...changes,
})

/** What a client's machine sees of a name that leads to one address, before it connects. */
export const clientSees = (changes: Partial<ClientPathFacts> = {}): ClientPathFacts => ({
  host: 'orders.abc.rds.amazonaws.com',
  port: 5432,
  engine: 'postgres',
  hasAuthorities: true,
  addresses: { kind: 'found', ips: ['10.1.0.7'] },
  attempts: [],
  ...changes,
})
