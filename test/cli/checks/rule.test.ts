import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { rule } from '../../../cli/checks/rule.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { RuleFacts } from '../../../cli/facts/wake.ts'
import { type EventSource, eventIds } from '../../../functions/reconciler/rds-event-catalogue.ts'
import { arn, functionArn, rules, schedule, settingsOf, someFacts } from '../doctor-facts.ts'

const clusterArn = arn.replace(':db:', ':cluster:')
const proxyArn = arn.replace(':db:orders', ':db-proxy:prx-0a1b2c3d4e5f60718')
const ofCluster = settingsOf({
  arn: clusterArn,
  endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
})
const ofProxy: DoctorFacts['settings'] = { ...settingsOf(), kind: 'proxy', arn: proxyArn }
const wakeOn = [{ source: ['my.cluster'] }, { source: ['my.failover'] }]
const ofHostName = (changes: object = {}) =>
  settingsOf({
    ...{ arn: undefined, kind: 'hostname', id: 'queue', endpoint: 'queue.internal.example.com', ownerProof: 'off' },
    subnets: [1, 2].map(it => ({
      id: `subnet-0a1b2c3d4e5f6071${it}`,
      zone: `eu-west-1${'ab'[it - 1]}`,
      cidr: `10.0.${it}.0/24`,
    })),
    frontDoor: { kind: 'create', databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60718' },
    ...changes,
  })

const targets = [{ arn: functionArn }]
const aRule = (name: string, pattern: object, changes: Partial<RuleFacts> = {}): RuleFacts => ({
  ...{ name, state: 'ENABLED', pattern: JSON.stringify(pattern), targets },
  ...changes,
})
const aWake = (number: number, changes: Partial<RuleFacts> = {}) =>
  aRule(`repoint-queue-wake-on-${number}`, { source: ['my.cluster'] }, changes)

const detailType = {
  instance: 'RDS DB Instance Event',
  cluster: 'RDS DB Cluster Event',
  proxy: 'RDS DB Proxy Event',
  'blue-green': 'RDS Blue Green Deployment Event',
}
const [ids, deploymentIds] = [eventIds('instance'), eventIds('blue-green')]
/** What the stack asks for: each event of one source, by the ARN. */
const about = (source: EventSource, resources: readonly unknown[], ids: readonly unknown[] = eventIds(source)) => ({
  'detail-type': [detailType[source]],
  resources,
  detail: { EventID: ids },
})
const blueGreen = {
  'detail-type': [detailType['blue-green']],
  account: ['111122223333'],
  detail: { Message: [{ wildcard: '*orders*' }] },
}
const anyOf = (...patterns: readonly object[]) => ({ source: ['aws.rds'], $or: patterns })
const ofInstance = aRule('repoint-orders-database-events', anyOf(about('instance', [arn]), blueGreen))
const ofClusterAndMembers = aRule(
  'repoint-orders-database-events',
  anyOf(
    about('cluster', [clusterArn], [{ prefix: 'RDS-EVENT-' }]),
    about('instance', [{ prefix: arn }], [{ prefix: 'RDS-EVENT-' }]),
    blueGreen,
  ),
)
const proxyEvents = aRule('repoint-orders-proxy-events', { source: ['aws.rds'], ...about('proxy', [proxyArn]) })

const again = 'Deploy the stack again.'
const catalogueAgain = 'Deploy the stack again: its pattern is made from the same catalogue.'
const notThere = (name: string) =>
  problem(`The rule ${name}, which wakeOn asks for, is not there.`, again, sources.eventDelivery)
const callsNot = (name: string) => problem(`The rule ${name} does not call the function.`, again, sources.eventDelivery)
const matchesNone = (what: string) => problem(`The rules match no ${what}.`, catalogueAgain, sources.rdsEvents)
const noInstanceEvent = matchesNone(`RDS DB Instance Events of ${arn}`)
const noBlueGreen = warning(
  'The rules match no RDS Blue Green Deployment Events of this account.',
  catalogueAgain,
  sources.rdsEvents,
)
const noMembers = warning(
  'No rule matches the events of the cluster’s instances: only the schedule finds restarts and host replacements.',
  'Deploy the stack again, with members in repoint.json if their names do not begin with the cluster’s.',
  sources.rdsEvents,
)
const all = (...names: readonly string[]) =>
  ok(
    names.length === 1
      ? `The rule ${names[0]} sends every event of the catalogue to the function.`
      : `The rules ${names.join(', ')} send every event of the catalogue to the function.`,
  )

describe('the events of a database', () => {
  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['of an instance reach the function by one rule', { rules: known([ofInstance]) }, [all('repoint-orders-database-events')]],
    ['of an instance reach the function by the rules of an older stack', { rules: known(rules) }, [all('events', 'blue-green')]],
    ['of a cluster and its members do', { settings: ofCluster, rules: known([ofClusterAndMembers]) }, [all('repoint-orders-database-events')]],
    ['of a cluster do by the rules of an older stack', { settings: ofCluster, rules: known([aRule('events', { source: ['aws.rds'], ...about('cluster', [clusterArn]) }), aRule('members', { source: ['aws.rds'], ...about('instance', [{ prefix: arn }]) }), aRule('blue-green', { source: ['aws.rds'], ...blueGreen })]) },
      [all('events', 'members', 'blue-green')]],
    ['of a proxy do, which has no blue/green deployment', { settings: ofProxy, rules: known([proxyEvents]) }, [all('repoint-orders-proxy-events')]],
    ['reach nobody where there is no rule', { rules: known([]) },
      [problem('No EventBridge rule on the default bus calls the function: only the schedule finds a failover.', again, sources.eventDelivery)]],
    ['of an instance are asked for by another ARN', { rules: known([aRule('events', anyOf(about('instance', [`${arn}-2`]), blueGreen))]) }, [noInstanceEvent]],
    ['of a proxy are asked for by another ARN', { settings: ofProxy, rules: known([aRule('events', { source: ['aws.rds'], ...about('proxy', [arn]) })]) },
      [matchesNone(`RDS DB Proxy Events of ${proxyArn}`)]],
    ['of a cluster are those of its members alone', { settings: ofCluster, rules: known([aRule('events', anyOf(about('instance', [{ prefix: arn }]), blueGreen))]) },
      [matchesNone(`RDS DB Cluster Events of ${clusterArn}`)]],
    ['of a cluster are without those of its members', { settings: ofCluster, rules: known([aRule('events', anyOf(about('cluster', [clusterArn]), blueGreen))]) }, [noMembers]],
    ['are without those of blue/green deployments', { rules: known([aRule('events', { source: ['aws.rds'], ...about('instance', [arn]) })]) }, [noBlueGreen]],
    ['are without some of blue/green deployments, which is no more than a warning', { rules: known([aRule('events', anyOf(about('instance', [arn]), about('blue-green', [{ prefix: 'arn:aws:rds:eu-west-1:111122223333:deployment:' }], deploymentIds.slice(1))))]) },
      [warning(`The rules match ${deploymentIds.length - 1} of ${deploymentIds.length} RDS Blue Green Deployment Events of this account; lost: RDS-EVENT-0247.`, catalogueAgain, sources.rdsEvents)]],
    ['are those of blue/green deployments of another account', { rules: known([aRule('events', anyOf(about('instance', [arn]), { ...blueGreen, account: ['444455556666'] }))]) }, [noBlueGreen]],
    ['are without one of the catalogue', { rules: known([aRule('events', anyOf(about('instance', [arn], ids.slice(1)), blueGreen))]) },
      [problem(`The rules match ${ids.length - 1} of ${ids.length} RDS DB Instance Events of ${arn}; lost: RDS-EVENT-0013.`, catalogueAgain, sources.rdsEvents)]],
    ['are without six, each named', { rules: known([aRule('events', anyOf(about('instance', [arn], ids.slice(6)), blueGreen))]) },
      [problem(`The rules match ${ids.length - 6} of ${ids.length} RDS DB Instance Events of ${arn}; lost: RDS-EVENT-0013, RDS-EVENT-0050, RDS-EVENT-0052, RDS-EVENT-0053, RDS-EVENT-0049, RDS-EVENT-0015.`, catalogueAgain, sources.rdsEvents)]],
    ['are without seven, the last of them counted', { rules: known([aRule('events', anyOf(about('instance', [arn], ids.slice(7)), blueGreen))]) },
      [problem(`The rules match ${ids.length - 7} of ${ids.length} RDS DB Instance Events of ${arn}; lost: RDS-EVENT-0013, RDS-EVENT-0050, RDS-EVENT-0052, RDS-EVENT-0053, RDS-EVENT-0049, RDS-EVENT-0015 and 1 more.`, catalogueAgain, sources.rdsEvents)]],
    ['are not known where the rules are not', { rules: notKnown('denied') }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(rule.judge(someFacts(changes))).toEqual(expected)
  })

  it.each<[how: string, pattern: object, isMatched: boolean]>([
    ['the account and the Region of the database', { account: ['111122223333'], region: ['eu-west-1'] }, true],
    ['another account', { account: ['444455556666'] }, false],
    ['another Region', { region: ['eu-west-2'] }, false],
    ['another source', { source: ['aws.ec2'] }, false],
    ['its ARN in the detail', { detail: { SourceArn: [arn] } }, true],
    ['its name in the detail', { detail: { SourceIdentifier: ['orders'] } }, true],
    ['another name in the detail', { detail: { SourceIdentifier: ['billing'] } }, false],
    [
      'a category, which the catalogue does not have',
      { detail: { EventCategories: [{ 'anything-but': ['backup'] }] } },
      false,
    ],
    [
      'an operator that is not evaluated here, which may match',
      { detail: { EventID: [{ 'equals-ignore-case': 'x' }] } },
      true,
    ],
  ])('are matched by a rule of somebody else with %s: %o: %s', (_, pattern, isMatched) => {
    const theirs = aRule('theirs', { source: ['aws.rds'], 'detail-type': [detailType.instance], ...pattern })
    const facts = someFacts({ rules: known([theirs, aRule('blue-green', { source: ['aws.rds'], ...blueGreen })]) })
    expect(rule.judge(facts)).toEqual(isMatched ? [all('theirs', 'blue-green')] : [noInstanceEvent])
  })

  it('are not matched by what is no pattern', () => {
    const facts = someFacts({ rules: known([{ ...ofInstance, pattern: '' }]) })
    expect(rule.judge(facts)).toEqual([noInstanceEvent, noBlueGreen])
  })

  it('of blue/green deployments are matched by the deployment’s ARN, of clusters too', () => {
    const deployments = about('blue-green', ['arn:aws:rds:eu-west-1:111122223333:deployment:bgd-0'])
    const [ofDatabase, ofMembers] = [about('cluster', [clusterArn]), about('instance', [{ prefix: arn }])]
    const facts = someFacts({
      settings: ofCluster,
      rules: known([aRule('events', anyOf(ofDatabase, ofMembers, deployments))]),
    })
    expect(rule.judge(facts)).toEqual([all('events')])
  })
})

describe('a rule that is disabled', () => {
  const off = { ...ofInstance, state: 'DISABLED' }
  const both = known(rules.map(it => ({ ...it, state: 'DISABLED' })))
  const pause = (isOverdue: boolean) => ({ reason: 'CHG-1', until: '2026-11-21T04:00:00.000Z', isOverdue })
  const resume = 'repoint resume --database orders.'

  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement]>([
    ['is a problem that nothing explains', { rules: known([off]) },
      problem('The rule repoint-orders-database-events is disabled and no pause explains it: events do not wake the function.', resume, sources.eventDelivery)],
    ['is named with the other one', { rules: both },
      problem('The rules events, blue-green are disabled and no pause explains it: events do not wake the function.', resume, sources.eventDelivery)],
    ['is meant, for as long as a pause lasts', { rules: both, schedules: known([schedule, { ...schedule, pause: pause(false) }]) },
      warning('The rules events, blue-green are disabled by a pause until 2026-11-21T04:00:00.000Z: CHG-1.', 'When the work is done: repoint resume --database orders.')],
    ['was meant, and the pause is over', { rules: known([off]), schedules: known([{ ...schedule, pause: pause(true) }]) },
      problem('The rule repoint-orders-database-events is disabled by a pause that ended at 2026-11-21T04:00:00.000Z (CHG-1): events do not wake the function.', resume, sources.eventDelivery)],
    ['is a problem where there is no schedule that could have a pause', { rules: known([off]), schedules: none('no schedule') },
      problem('The rule repoint-orders-database-events is disabled and no pause explains it: events do not wake the function.', resume, sources.eventDelivery)],
    ['is not judged where the schedule may not be read', { rules: known([off]), schedules: notKnown('denied') }, unknown('denied')],
  ])('%s', (_, changes, expected) => {
    expect(rule.judge(someFacts(changes))).toEqual([expected])
  })
})

describe('the target of a rule', () => {
  const leadsTo = (...arns: readonly string[]) => known([{ ...ofInstance, targets: arns.map(it => ({ arn: it })) }])

  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement]>([
    ['is the function', { rules: leadsTo(functionArn) }, all(ofInstance.name)],
    ['is a version of the function', { rules: leadsTo(`${functionArn}:live`) }, all(ofInstance.name)],
    ['is the function beside another one', { rules: leadsTo('arn:aws:sns:eu-west-1:111122223333:topic', functionArn) }, all(ofInstance.name)],
    ['is a function with a longer name', { rules: leadsTo(`${functionArn}-2`) }, callsNot(ofInstance.name)],
    ['is nothing', { rules: leadsTo() }, callsNot(ofInstance.name)],
    ['is not judged where there is no function', { rules: leadsTo(), lambda: none('Function not found.') }, all(ofInstance.name)],
    ['is not known where the function is not', { rules: leadsTo(functionArn), lambda: notKnown('denied') }, unknown('denied')],
  ])('%s', (_, changes, expected) => {
    expect(rule.judge(someFacts(changes))).toEqual([expected])
  })
})

describe('what wakes the function of a host name', () => {
  const settings = ofHostName({ wakeOn })
  const [first, second] = ['repoint-queue-wake-on-1', 'repoint-queue-wake-on-2'] as const

  // biome-ignore format: a table
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: readonly Judgement[]]>([
    ['is the schedule alone', { settings: ofHostName(), rules: known([]) },
      [notice('A host name has no RDS events, and wakeOn names nothing: only the schedule finds a moved writer.',
        'Where something knows of the move sooner, name its event in wakeOn.')]],
    ['is one rule', { settings: ofHostName({ wakeOn: wakeOn.slice(0, 1) }), rules: known([aWake(1)]) }, [ok(`A watch is started by the rule ${first}.`)]],
    ['is two rules', { settings, rules: known([aWake(1), aWake(2)]) }, [ok(`A watch is started by the rules ${first}, ${second}.`)]],
    ['is a rule that is not there', { settings, rules: known([aWake(1)]) }, [notThere(second)]],
    ['is nothing that is there', { settings, rules: known([]) }, [notThere(first), notThere(second)]],
    ['is a rule that is disabled', { settings, rules: known([aWake(1), aWake(2, { state: 'DISABLED' })]) },
      [problem(`The rule ${second} is disabled and no pause explains it: events do not wake the function.`, 'repoint resume --database queue.', sources.eventDelivery)]],
    ['is a rule that calls another function', { settings, rules: known([aWake(1, { targets: [] }), aWake(2)]) }, [callsNot(first)]],
    ['is not known', { settings, rules: notKnown('denied') }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(rule.judge(someFacts(changes))).toEqual(expected)
  })

  it('is asked of a database with an ARN beside its own events', () => {
    const facts = someFacts({ settings: settingsOf({ wakeOn }), rules: known([ofInstance]) })
    expect(rule.judge(facts)).toEqual([notThere('repoint-orders-wake-on-1'), notThere('repoint-orders-wake-on-2')])
  })
})
