import * as v from 'valibot'
import { onlyClustersHaveReaders, slotArns, whyNotStrategy } from '../../../functions/reconciler/config/front-doors.ts'
import type { DatabaseEntry } from './database-fields.ts'
import { kindOf } from './database-rules.ts'
import { defaultPort, healthCheckOf } from './engines.ts'
import type { CreatedFrontDoor, ExistingFrontDoor, Readers } from './front-door-fields.ts'
import { type Complaint, ofDatabaseFields, type Rule, unless } from './settings-rule.ts'

type Door = CreatedFrontDoor | ExistingFrontDoor

const onlyWeighted = 'nothing: only strategy weighted has it'

const existingProblems = (door: ExistingFrontDoor): readonly Complaint[] => {
  const { targetGroupArn, targetGroupArns, listenerArn } = door
  if (door.strategy === 'weighted') {
    return [
      ...unless(listenerArn !== undefined, 'frontDoor.listenerArn', 'the listener whose weights select the writer'),
      ...unless(
        v.is(slotArns, targetGroupArns),
        'frontDoor.targetGroupArns',
        'two to five different target groups of the listener',
      ),
      ...unless(
        targetGroupArn === undefined,
        'frontDoor.targetGroupArn',
        'nothing: strategy weighted has targetGroupArns',
      ),
    ]
  }
  return [
    ...unless(listenerArn === undefined, 'frontDoor.listenerArn', onlyWeighted),
    ...unless(targetGroupArns === undefined, 'frontDoor.targetGroupArns', onlyWeighted),
    ...unless(targetGroupArn !== undefined, 'frontDoor.targetGroupArn', 'the ARN of a target group'),
  ]
}

const strategyProblems = (
  entry: Pick<DatabaseEntry, 'kind' | 'arn' | 'engine' | 'frontDoor'>,
): readonly Complaint[] => {
  const { strategy } = entry.frontDoor
  const kind = kindOf(entry)
  const unsuitable = kind === undefined ? undefined : whyNotStrategy(kind, strategy)
  if (unsuitable) return [{ at: 'frontDoor.strategy', allowed: unsuitable }]
  return unless(
    strategy !== 'standby' || entry.engine !== 'sqlserver',
    'frontDoor.strategy',
    'swap: SQL Server runs on the secondary too, so health may not tell the writer from it',
  )
}

const readersProblems = (readers: Readers, door: Door, listenerPort: number): readonly Complaint[] => {
  const { port, targetGroupArn } = readers
  if (door.kind === 'create') {
    if (targetGroupArn !== undefined) {
      const allowed = 'nothing: the front door is created, its target groups too'
      return [{ at: 'readers.targetGroupArn', allowed }]
    }
    const used = port ?? listenerPort + 1
    const isFree = used !== listenerPort && used <= 65_535
    return unless(isFree, 'readers.port', `a port other than the writer’s ${listenerPort}`)
  }
  if (port !== undefined) return [{ at: 'readers.port', allowed: 'nothing: an existing listener has its port' }]
  const writers = [door.targetGroupArn, ...(door.targetGroupArns ?? [])]
  const isOwn = targetGroupArn !== undefined && !writers.includes(targetGroupArn)
  return unless(isOwn, 'readers.targetGroupArn', 'an existing target group of its own')
}

export const frontDoorRules: readonly Rule[] = [
  ofDatabaseFields(['kind', 'arn', 'engine', 'frontDoor'], strategyProblems),
  ofDatabaseFields(['frontDoor'], ({ frontDoor: { strategy, overlap, exclude } }) => [
    ...unless(strategy === 'weighted' || overlap === undefined, 'frontDoor.overlap', onlyWeighted),
    ...unless(strategy === 'weighted' || exclude === undefined, 'frontDoor.exclude', onlyWeighted),
  ]),
  ofDatabaseFields(['frontDoor'], ({ frontDoor }) =>
    frontDoor.kind === 'create'
      ? unless(frontDoor.strategy === 'weighted' || frontDoor.slots === undefined, 'frontDoor.slots', onlyWeighted)
      : existingProblems(frontDoor),
  ),
  ofDatabaseFields(['engine', 'mysqlHostBlocking', 'frontDoor'], ({ frontDoor, ...entry }) => {
    if (frontDoor.kind !== 'create') return []
    const { timeoutSeconds, intervalSeconds } = healthCheckOf(entry, frontDoor)
    const isRight = timeoutSeconds <= intervalSeconds
    return unless(isRight, 'frontDoor.healthCheck.timeoutSeconds', 'seconds, at most the interval')
  }),
  // Until the load balancer has noticed that the old writer is gone, both of a pair look healthy.
  ofDatabaseFields(['engine', 'mysqlHostBlocking', 'frontDoor', 'settle'], ({ frontDoor, settle, ...entry }) => {
    if (frontDoor.kind !== 'create' || frontDoor.strategy !== 'standby') return []
    const { intervalSeconds, unhealthyThreshold } = healthCheckOf(entry, frontDoor)
    const leastMs = (unhealthyThreshold + 1) * intervalSeconds * 1000
    const allowed = `milliseconds, at least ${leastMs}: ${unhealthyThreshold + 1} health checks of ${intervalSeconds} s`
    return unless(settle.bothHealthyMs >= leastMs, 'settle.bothHealthyMs', allowed)
  }),
  ofDatabaseFields(['kind', 'arn', 'engine', 'port', 'frontDoor', 'readers'], entry => {
    const { readers, frontDoor, engine } = entry
    if (readers === undefined) return []
    if (kindOf(entry) !== 'cluster') return [{ at: 'readers', allowed: `nothing: ${onlyClustersHaveReaders}` }]
    const created = frontDoor.kind === 'create' ? frontDoor.listenerPort : undefined
    const port = created ?? entry.port ?? defaultPort(engine)
    return port === undefined ? [] : readersProblems(readers, frontDoor, port)
  }),
  ofDatabaseFields(['frontDoor'], ({ frontDoor }) =>
    unless(
      frontDoor.kind === 'existing' || frontDoor.databaseSecurityGroupId !== undefined,
      'frontDoor.databaseSecurityGroupId',
      'the database’s security group, or false where you let the load balancer in yourself: without that rule no target is ever healthy, and it is the step that most set-ups miss',
    ),
  ),
  ofDatabaseFields(['frontDoor', 'exposure'], ({ frontDoor, exposure }) =>
    unless(
      frontDoor.kind === 'existing' || exposure?.endpointService !== false || exposure.clientCidrs.length > 0,
      'exposure.clientCidrs',
      'the clients’ networks: without an endpoint service nobody else reaches the load balancer',
    ),
  ),
  ofDatabaseFields(['frontDoor', 'policies'], ({ frontDoor, policies }) =>
    unless(
      frontDoor.kind === 'existing' || frontDoor.strategy !== 'weighted' || policies.length === 0,
      'policies',
      'nothing with weighted: CloudFormation writes the first slot’s weight into the listener, and a function that may not set weights leaves writers on a reader. `repoint pause` pauses it after the deployment',
    ),
  ),
  ofDatabaseFields(['frontDoor', 'exposure', 'subnets'], ({ frontDoor, exposure, subnets = [] }) => {
    const opens = frontDoor.kind === 'create' && frontDoor.databaseSecurityGroupId
    return unless(
      !opens || exposure?.enforceSecurityGroup === true || subnets.every(it => it.address ?? it.cidr),
      'subnets',
      'a cidr or a fixed address in each subnet: the database’s security group opens to them',
    )
  }),
  ofDatabaseFields(['frontDoor', 'exposure'], ({ frontDoor, exposure }) =>
    unless(
      frontDoor.kind === 'create' || exposure === undefined,
      'exposure',
      'nothing: an existing target group’s load balancer and endpoint service are yours',
    ),
  ),
  ofDatabaseFields(['exposure'], ({ exposure }) =>
    unless(
      exposure?.enforceSecurityGroup !== true || exposure.clientCidrs.length > 0,
      'exposure.clientCidrs',
      'the consumers’ networks: with enforceSecurityGroup nobody else gets in',
    ),
  ),
]
