import { describe, expect, it } from 'vitest'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { accessLog, configuration, dnsMode, gatewayStatus } from '../../../cli/checks/resource-gateway.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { arn, entry } from '../doctor-facts.ts'
import { aConfiguration, aGateway, type Changes, database, soundFacts } from '../migrate-facts.ts'

const { id } = aGateway
const withGateway = (changes: object): Changes => ({ provider: { gateway: known({ ...aGateway, ...changes }) } })
const withConfiguration = (changes: object): Changes => ({
  provider: { configuration: known({ ...aConfiguration, ...changes }) },
})
const byName = { database: { ...database, gateway: { ...database.gateway, target: 'dns' as const } } }
const noGateway = { provider: { gateway: none('There is no resource gateway.') } }
const noConfiguration = { provider: { configuration: none('There is no resource configuration.') } }
const deploy = 'Deploy the provider’s stack again.'

type Case = readonly [name: string, changes: Changes, expected: Judgement[]]

describe('how a gateway resolves names', () => {
  it.each<Case>([
    ['publicly', {}, [ok(`${id} resolves public names (PUBLIC), which ARNs need.`)]],
    [
      'in its VPC, which an ARN does not work with',
      withGateway({ dnsResolution: 'IN_VPC' }),
      [
        problem(
          `${id} resolves names inside its VPC (IN_VPC): such a gateway serves no resource configuration by ARN, and the setting is fixed.`,
          'Create another gateway with PUBLIC, AWS’s default: deploy stage nlb, then shadow.',
          sources.resourceGateway,
        ),
      ],
    ],
    [
      'in its VPC, for a configuration by name',
      { ...byName, ...withGateway({ dnsResolution: 'IN_VPC' }) },
      [ok(`${id} resolves names inside its VPC (IN_VPC); the configuration is by name.`)],
    ],
    ['not yet', noGateway, [notice('There is no resource gateway.')]],
  ])('%s', (_, changes, expected) => {
    expect(dnsMode.judge(soundFacts(changes))).toEqual(expected)
  })
})

describe('a resource gateway', () => {
  const failed = (status: string) =>
    problem(
      `The resource gateway ${id} is ${status}.`,
      'A subnet without a consecutive block of free addresses is the usual reason (gateway-addresses); deploy again once there is room.',
      sources.resourceGateway,
    )
  const other = warning(
    'The resource gateway is repoint-orders-0badcafe; the one of the settings has another name: subnets or addresses were changed since.',
    'Deploying it creates another gateway and another configuration, and for every consumer another endpoint. Restore the settings unless that is intended.',
    sources.resourceGateway,
  )
  const elsewhere = problem(`${id} is in vpc-other, the database in ${entry.vpcId}.`, deploy)
  const { vpcId: _, ...withoutVpc } = database

  it.each<Case>([
    ['is active', {}, [ok(`The resource gateway ${id} is active.`)]],
    ['failed', withGateway({ status: 'CREATE_FAILED' }), [failed('CREATE_FAILED')]],
    ['failed to be changed', withGateway({ status: 'UPDATE_FAILED' }), [failed('UPDATE_FAILED')]],
    [
      'is being made',
      withGateway({ status: 'CREATE_IN_PROGRESS' }),
      [warning(`The resource gateway ${id} is CREATE_IN_PROGRESS.`, 'Wait, and check again.', sources.resourceGateway)],
    ],
    ['is not the one of the settings', withGateway({ isOther: true, name: 'repoint-orders-0badcafe' }), [other]],
    ['is in another VPC', withGateway({ vpcId: 'vpc-other' }), [elsewhere]],
    [
      'is wrong in every way',
      withGateway({ status: 'DELETE_FAILED', isOther: true, name: 'repoint-orders-0badcafe', vpcId: 'vpc-other' }),
      [failed('DELETE_FAILED'), other, elsewhere],
    ],
    [
      'is not compared with a VPC that the settings do not name',
      { ...withGateway({ vpcId: 'vpc-other' }), database: withoutVpc },
      [ok(`The resource gateway ${id} is active.`)],
    ],
    ['is not there yet', noGateway, [notice('There is no resource gateway.')]],
  ])('%s', (_, changes, expected) => {
    expect(gatewayStatus.judge(soundFacts(changes))).toEqual(expected)
  })
})

describe('a resource configuration', () => {
  const { id } = aConfiguration
  const active = [ok(`The resource configuration ${id} (ARN) is active and names ${arn}.`)]
  const failed = (state: string) =>
    problem(
      `The resource configuration ${id} is ${state}.`,
      'Deploy the provider’s stack again; a publicly accessible database and an unknown ARN are the usual reasons.',
      sources.configuration,
    )
  const names = (target: string, expected: string) =>
    problem(
      `The resource configuration ${id} names ${target}, not ${expected}.`,
      'A database restored under another name is another configuration: deploy the provider’s stack, then give every consumer the new ARN.',
      sources.configuration,
    )
  const belongs = problem(`${id} belongs to rgw-other, not to ${aGateway.id}.`, deploy)
  const { arn: _, ...withoutArn } = database

  it.each<Case>([
    ['is active and names the database', {}, active],
    [
      'failed, and says why',
      withConfiguration({ status: 'CREATE_FAILED', failure: 'no such database' }),
      [failed('CREATE_FAILED: no such database')],
    ],
    ['failed without a word', withConfiguration({ status: 'UPDATE_FAILED' }), [failed('UPDATE_FAILED')]],
    [
      'is being made',
      withConfiguration({ status: 'CREATE_IN_PROGRESS' }),
      [
        warning(
          `The resource configuration ${id} is CREATE_IN_PROGRESS.`,
          'Wait, and check again.',
          sources.configuration,
        ),
      ],
    ],
    ['names another database', withConfiguration({ target: `${arn}-2` }), [names(`${arn}-2`, arn)]],
    [
      'names it in other letters',
      withConfiguration({ target: arn.toUpperCase() }),
      [ok(`The resource configuration ${id} (ARN) is active and names ${arn.toUpperCase()}.`)],
    ],
    [
      'names it by its endpoint',
      { ...byName, ...withConfiguration({ type: 'SINGLE', target: entry.endpoint }) },
      [ok(`The resource configuration ${id} (SINGLE) is active and names ${entry.endpoint}.`)],
    ],
    ['names an ARN where it should be by name', byName, [names(arn, entry.endpoint)]],
    ['shows no name', withConfiguration({ target: '' }), [ok(`The resource configuration ${id} (ARN) is active.`)]],
    [
      'is not compared with an ARN that the settings do not have',
      { ...withConfiguration({ target: `${arn}-2` }), database: withoutArn },
      [ok(`The resource configuration ${id} (ARN) is active and names ${arn}-2.`)],
    ],
    ['belongs to another gateway', withConfiguration({ gatewayId: 'rgw-other' }), [belongs]],
    ['shows no gateway', withConfiguration({ gatewayId: '' }), active],
    [
      'belongs to a gateway that is not known',
      {
        provider: { gateway: notKnown('denied'), configuration: known({ ...aConfiguration, gatewayId: 'rgw-other' }) },
      },
      active,
    ],
    [
      'leads to no single instance of a cluster',
      { database: { ...database, kind: 'cluster' } },
      [
        notice(
          'A cluster’s configuration leads to the writer’s and the readers’ endpoint, and to no instance’s: drivers that connect to single instances (AWS’s JDBC wrapper with failover) do not find them through it.',
          'Use the plain driver through the gateway.',
          sources.resourceAccess,
        ),
      ],
    ],
    [
      'names a cluster’s endpoint alone',
      {
        database: { ...byName.database, kind: 'cluster' },
        ...withConfiguration({ type: 'SINGLE', target: entry.endpoint }),
      },
      [ok(`The resource configuration ${id} (SINGLE) is active and names ${entry.endpoint}.`)],
    ],
    [
      'is wrong in every way',
      withConfiguration({ status: 'CREATE_FAILED', target: 'other', gatewayId: 'rgw-other' }),
      [failed('CREATE_FAILED'), names('other', arn), belongs],
    ],
    ['is not there yet', noConfiguration, [notice('There is no resource configuration.')]],
  ])('%s', (_, changes, expected) => {
    expect(configuration.judge(soundFacts(changes))).toEqual(expected)
  })
})

describe('the access log', () => {
  it.each<Case>([
    ['goes to a log group', {}, [ok('The access log goes to /aws/vendedlogs/repoint/orders/gateway.')]],
    [
      'goes nowhere',
      { provider: { accessLog: none('It goes to no log group.') } },
      [
        problem(
          'It goes to no log group. Without it there is no proof which address the gateway reached.',
          deploy,
          sources.accessLog,
        ),
      ],
    ],
    ['is not known', { provider: { accessLog: notKnown('denied') } }, [unknown('denied')]],
    [
      'is not asked for before there is a configuration',
      { provider: { ...noConfiguration.provider, accessLog: none('There is no resource configuration.') } },
      [notice('There is no resource configuration.')],
    ],
  ])('%s', (_, changes, expected) => {
    expect(accessLog.judge(soundFacts(changes))).toEqual(expected)
  })
})
