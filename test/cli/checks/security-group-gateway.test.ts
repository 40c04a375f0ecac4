import { describe, expect, it } from 'vitest'
import { type Judgement, judgeAll, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { endpointGroup, gatewayGroup } from '../../../cli/checks/security-group-gateway.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { SecurityGroup } from '../../../cli/facts/security-groups.ts'
import { rule } from '../doctor-facts.ts'
import {
  aDatabase,
  aGateway,
  type Changes,
  consumer,
  database,
  settingsWith,
  soundFacts,
  withoutGateway,
} from '../migrate-facts.ts'

const group = (direction: 'incoming' | 'outgoing', changes: object, id = 'sg-1'): SecurityGroup => ({
  ...{ id, incoming: [], outgoing: [] },
  [direction]: [rule(changes)],
})
const judge = (check: typeof gatewayGroup, changes: Changes) => check.judge(soundFacts(changes))

describe('the gateway’s security group', () => {
  const sending = (...groups: readonly SecurityGroup[]): Changes => ({ here: { gatewayGroups: known(groups) } })
  const out = (changes: object) => group('outgoing', changes, 'sg-gateway')
  const mayNot = (left: string, allowed: string, remedy: string) =>
    problem(
      `The gateway rgw-0123456789abcdef0 may not send to ${left} on port 5432: its rules allow ${allowed}.`,
      remedy,
      sources.resourceGateway,
    )
  const allowDatabase = 'Allow outgoing TCP 5432 to sg-0a1b2c3d4e5f60718 in sg-gateway.'
  const both = '10.0.1.0/24, 10.0.2.0/24'
  const maySend = ok('The gateway may send to the database on port 5432.')

  // biome-ignore format: a table
  it.each<[name: string, changes: Changes, expected: readonly Judgement[]]>([
    ['names the database’s', {}, [maySend]],
    ['covers every subnet of the database', sending(out({ cidrs: ['10.0.0.0/16'] })), [maySend]],
    ['covers them by two rules', sending(out({ cidrs: ['10.0.1.0/24'] }), out({ cidrs: ['10.0.2.0/24'] })), [maySend]],
    ['covers one subnet of two', sending(out({ cidrs: ['10.0.1.0/24'] })), [mayNot('10.0.2.0/24', '10.0.1.0/24', allowDatabase)]],
    ['allows nothing', sending(), [mayNot(both, 'no source', allowDatabase)]],
    ['allows another port', sending(out({ fromPort: 5433, toPort: 5433, cidrs: ['0.0.0.0/0'] })), [mayNot(both, 'no source', allowDatabase)]],
    ['lets in, and not out', sending(group('incoming', { cidrs: ['0.0.0.0/0'] })), [mayNot(both, 'no source', allowDatabase)]],
    ['names another group', sending(out({ groupIds: ['sg-other'] })), [mayNot(both, 'sg-other', allowDatabase)]],
    ['allows prefix lists, whose contents nobody has read', sending(out({ prefixListIds: ['pl-1', 'pl-2'] })),
      [warning('Whether the gateway rgw-0123456789abcdef0 may send to 10.0.1.0/24, 10.0.2.0/24 depends on pl-1, pl-2, whose contents are not read.',
        'Compare the prefix list with 10.0.1.0/24, 10.0.2.0/24.',
        sources.resourceGateway)]],
    ['is to send to networks where the database has no group', { ...sending(), provider: { database: known({ ...aDatabase, securityGroupIds: [] }) } },
      [mayNot(both, 'no source', `Allow outgoing TCP 5432 to ${both} in sg-gateway.`)]],
    ['is one of two', { ...sending(), provider: { gateway: known({ ...aGateway, securityGroupIds: ['sg-gateway', 'sg-more'] }), database: known({ ...aDatabase, securityGroupIds: ['sg-a', 'sg-b'] }) } },
      [mayNot(both, 'no source', 'Allow outgoing TCP 5432 to sg-a, sg-b in sg-gateway, sg-more.')]],
    ['is not told by AWS', { ...sending(), provider: { gateway: known({ ...aGateway, securityGroupIds: [] }) } },
      [mayNot(both, 'no source', 'Allow outgoing TCP 5432 to sg-0a1b2c3d4e5f60718 in the gateway’s security group.')]],
    ['has to allow the database’s own port', { ...sending(out({ cidrs: ['10.0.0.0/16'] })), database: { ...database, port: 6543 } },
      [problem('The gateway rgw-0123456789abcdef0 may not send to 10.0.1.0/24, 10.0.2.0/24 on port 6543: its rules allow no source.',
        'Allow outgoing TCP 6543 to sg-0a1b2c3d4e5f60718 in sg-gateway.',
        sources.resourceGateway)]],
    ['is not there before the gateway is', withoutGateway, []],
    ['may not be read', { here: { gatewayGroups: notKnown('denied') } }, [unknown('denied')]],
    ['is not judged where the gateway may not be read', { provider: { gateway: notKnown('denied') } }, [unknown('denied')]],
  ])('%s', (_, changes, expected) => {
    expect(judge(gatewayGroup, changes)).toEqual(expected)
  })
})

describe('the resource endpoint’s security group', () => {
  const admitting = (...groups: readonly SecurityGroup[]): Changes => ({ there: { endpointGroups: known(groups) } })
  const into = (changes: object, id = 'sg-endpoint') => group('incoming', changes, id)
  const clients = (changes: object): Changes => ({ consumer: { ...consumer, ...changes } })
  const admits = ok('The resource endpoint admits the clients on port 5432.')
  const admitsNot = (left: string, admitted: string, groups = 'sg-endpoint') =>
    problem(
      `The resource endpoint does not admit ${left} on port 5432: it admits ${admitted}.`,
      `Allow TCP 5432 from ${left} in ${groups}; deploying the consumer’s stack does.`,
      sources.resourceEndpoint,
    )
  const network = '10.1.0.0/16'
  const twoKinds = clients({ clientCidrs: [network, '10.2.0.0/16'], clientSecurityGroupIds: ['sg-app', 'sg-batch'] })

  // biome-ignore format: a table
  it.each<[name: string, changes: Changes, expected: readonly Judgement[]]>([
    ['admits the clients', {}, [admits]],
    ['admits clients by their groups', { ...clients({ clientCidrs: [], clientSecurityGroupIds: ['sg-app'] }), ...admitting(into({ groupIds: ['sg-app'] })) }, [admits]],
    ['admits networks and groups', { ...twoKinds, ...admitting(into({ cidrs: [network, '10.2.0.0/16'], groupIds: ['sg-app', 'sg-batch'] })) }, [admits]],
    ['admits one network and one group of two', { ...twoKinds, ...admitting(into({ cidrs: [network], groupIds: ['sg-batch'] })) },
      [admitsNot('10.2.0.0/16, sg-app', '10.1.0.0/16, sg-batch')]],
    ['admits nobody', admitting(), [admitsNot(network, 'no source', 'its security group')]],
    ['admits nobody, with two groups', admitting(into({ fromPort: 1, toPort: 2, cidrs: [network] }), into({}, 'sg-more')), [admitsNot(network, 'no source', 'sg-endpoint or sg-more')]],
    ['lets out, and not in', admitting(group('outgoing', { cidrs: [network] })), [admitsNot(network, 'no source', 'sg-1')]],
    ['has to allow the port of the clients', { ...clients({ port: 6432 }), ...admitting(into({ cidrs: [network] })) },
      [problem('The resource endpoint does not admit 10.1.0.0/16 on port 6432: it admits no source.',
        'Allow TCP 6432 from 10.1.0.0/16 in sg-endpoint; deploying the consumer’s stack does.',
        sources.resourceEndpoint)]],
    ['admits a prefix list, whose contents nobody has read', { ...twoKinds, ...admitting(into({ cidrs: [network], prefixListIds: ['pl-1', 'pl-2'] })) },
      [notice('Whether the resource endpoint admits 10.2.0.0/16, sg-app, sg-batch depends on pl-1, pl-2.', 'Compare the prefix list.')]],
    ['is not there before the endpoint is', withoutGateway, []],
    ['is judged where the endpoint itself may not be read', { consumerSide: { gateway: notKnown('denied') } }, [admits]],
    ['may not be read', { there: { endpointGroups: notKnown('denied') } }, [unknown('denied')]],
    ['has gone', { there: { endpointGroups: none('No group.') } }, [notice('No group.')]],
  ])('%s', (_, changes, expected) => {
    expect(judge(endpointGroup, changes)).toEqual(expected)
  })

  it('is not asked for where nobody named a consumer, or its side was not read', () => {
    const { consumer: _, ...noConsumer } = soundFacts(admitting())
    const { there: __, ...notRead } = soundFacts()
    const { consumerSide: ___, ...notGathered } = soundFacts(admitting())
    expect([noConsumer, notRead].map(facts => endpointGroup.judge(facts))).toEqual([[], []])
    expect(endpointGroup.judge(notGathered)).toEqual([admitsNot(network, 'no source', 'its security group')])
  })

  it('and the gateway’s are judged by these names', () => {
    const found = judgeAll([gatewayGroup, endpointGroup], soundFacts({ database: settingsWith().database }))
    expect(found.map(({ check }) => check)).toEqual(['security-group-gateway', 'security-group-endpoint'])
    expect([gatewayGroup.question, endpointGroup.question]).toEqual([
      'Do the gateway’s security groups let it reach the database?',
      'Does the resource endpoint admit the clients that the settings name?',
    ])
  })
})
