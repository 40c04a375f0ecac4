import { Match, type Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { problemsOf } from './gateway-fixture.ts'
import {
  aCluster,
  aConsumer,
  anInstance,
  anInstanceBehindItsOwn,
  created,
  type Entry,
  existingTargetGroup,
  onlyResource,
  synthesizeEntries,
} from './settings-fixture.ts'

const stackOf = (entry: Entry): Template => {
  const [template] = Object.values(synthesizeEntries([entry]))
  if (!template) throw new Error('no stack')
  return template
}

const cluster = (frontDoor: Entry, entry: Entry = {}) => stackOf(aCluster({ frontDoor, ...entry }))
const instance = (strategy: string) => stackOf(anInstance({ frontDoor: created(strategy) }))

const elb = 'AWS::ElasticLoadBalancingV2'
const idsOf = (template: Template, type: string) => Object.keys(template.findResources(`${elb}::${type}`))

const listener = (template: Template, port = 5432) => onlyResource(template, `${elb}::Listener`, { Port: port })

const configOf = (template: Template) => {
  const { Variables } = onlyResource(template, 'AWS::Lambda::Function', {
    Handler: 'index.handler',
    Timeout: 900,
    MemorySize: 512,
  }).properties.Environment as { Variables: { REPOINT_CONFIG: { 'Fn::Join': [string, (string | { Ref: string })[]] } } }
  const [, parts] = Variables.REPOINT_CONFIG['Fn::Join']
  return JSON.parse(parts.map(part => (typeof part === 'string' ? part : part.Ref)).join(''))
}

const firstGroup = 'FrontDoorTargetGroup909C4324'

describe('a change of the strategy', () => {
  const all = [
    stackOf(anInstance()),
    instance('standby'),
    stackOf(aCluster()),
    cluster(created('weighted')),
    cluster(created('weighted', { slots: 5 })),
  ]

  it('replaces neither load balancer nor listener nor the first target group', () => {
    for (const template of all) {
      expect(idsOf(template, 'LoadBalancer')).toEqual(idsOf(all[0] as Template, 'LoadBalancer'))
      expect(idsOf(template, 'Listener')).toEqual(idsOf(all[0] as Template, 'Listener'))
      expect(idsOf(template, 'TargetGroup')[0]).toBe(firstGroup)
    }
  })

  it('leaves every property of them that CloudFormation would replace them for', () => {
    const lasting = all.map(template => {
      // How often it is probed changes in place.
      const { HealthCheckIntervalSeconds: _, ...group } =
        template.findResources(`${elb}::TargetGroup`)[firstGroup]?.Properties ?? {}
      const { LoadBalancerArn, Port } = listener(template).properties
      return [group, LoadBalancerArn, Port, onlyResource(template, `${elb}::LoadBalancer`).properties]
    })
    for (const one of lasting) expect(one).toEqual(lasting[0])
  })

  it('changes nothing but the health check’s interval, the function’s configuration and rights between swap and standby', () => {
    const different = (a: Template, b: Template) => {
      const [from, to] = [a, b].map(it => it.toJSON().Resources as Record<string, unknown>)
      return Object.keys({ ...from, ...to }).filter(id => JSON.stringify(from?.[id]) !== JSON.stringify(to?.[id]))
    }
    expect(different(instance('swap'), instance('standby'))).toEqual([
      expect.stringMatching(/^FrontDoorTargetGroup/),
      expect.stringMatching(/^ReconcilerRoleDefaultPolicy/),
      expect.stringMatching(/^ReconcilerFunction/),
      expect.stringMatching(/^FirstRegistrationSeed/),
    ])
  })
})

describe('the health check', () => {
  const intervalsOf = (template: Template) =>
    Object.values(template.findResources(`${elb}::TargetGroup`)).map(({ Properties }) => [
      Properties.HealthCheckIntervalSeconds,
      Properties.HealthCheckTimeoutSeconds,
    ])

  it('comes every 10 s where a failover waits for the registration', () => {
    expect(intervalsOf(instance('swap'))).toEqual([[10, 5]])
  })

  it('comes every 5 s, the least that AWS accepts, where a failover waits for it', () => {
    expect(intervalsOf(instance('standby'))).toEqual([[5, 5]])
    expect(intervalsOf(cluster(created('weighted')))).toEqual(Array(3).fill([5, 5]))
  })
})

describe('a weighted front door', () => {
  const template = cluster(created('weighted', { overlap: true, exclude: ['reports'] }))
  const groups = idsOf(template, 'TargetGroup')

  it('has three slots, the first with all the weight of the template', () => {
    expect(listener(template).properties.DefaultActions).toEqual([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: groups.map((Ref, index) => ({ TargetGroupArn: { Ref }, Weight: index === 0 ? 1 : 0 })),
        },
      },
    ])
    expect(groups).toHaveLength(3)
  })

  it.each([
    [['one', 'two'], 2],
    [['one', 'two', 'three', 'four'], 4],
    [['one', 'two', 'three', 'four', 'five', 'six'], 5],
    [['one'], 2],
    [['ledger-*'], 3],
  ])('with the members %j has %i slots', (members, slots) => {
    expect(idsOf(cluster(created('weighted'), { members }), 'TargetGroup')).toHaveLength(slots)
  })

  it('gives no slot in advance for an excluded member', () => {
    const door = created('weighted', { exclude: ['three'] })
    expect(idsOf(cluster(door, { members: ['one', 'two', 'three', 'four'] }), 'TargetGroup')).toHaveLength(3)
  })

  it('tells the function its listener and its slots', () => {
    expect(configOf(template).frontDoors).toEqual([
      {
        role: 'writer',
        strategy: 'weighted',
        listenerArn: listener(template).id,
        targetGroupArns: groups,
        port: 5432,
        overlap: true,
        exclude: ['reports'],
      },
    ])
  })

  it('has the same attributes and health check in every slot', () => {
    const [first, ...others] = Object.values(template.findResources(`${elb}::TargetGroup`)).map(it => it.Properties)
    for (const other of others) expect(other).toEqual(first)
  })
})

describe('the seed of a weighted front door', () => {
  const seedOf = (template: Template) => {
    const [seed] = Object.entries(template.findResources('Custom::RepointSeed')).filter(([id]) =>
      /RegistrationSeed/.test(id),
    )
    return seed?.[1]
  }
  const before = cluster(created('weighted'))

  it('comes after the listener, whose weights CloudFormation has written', () => {
    expect(seedOf(before)?.DependsOn).toContain(listener(before).id)
    expect(Object.keys(before.findResources('Custom::RepointSeed'))).toHaveLength(1)
  })

  it.each<[string, Entry]>([
    ['slots', { slots: 4 }],
    ['idle timeout', { idleTimeoutSeconds: 350 }],
    ['port', { listenerPort: 15_432 }],
    ['overlap', { overlap: true }],
  ])('runs again after a change of the %s', (_, change) => {
    const after = cluster(created('weighted', change))
    expect(seedOf(after)?.Properties).not.toEqual(seedOf(before)?.Properties)
  })

  it('does not run for what touches neither listener nor configuration', () => {
    const after = cluster(created('weighted'), { function: { logRetentionDays: 30 } })
    expect(seedOf(after)?.Properties).toEqual(seedOf(before)?.Properties)
  })
})

describe('the way back from weighted to swap', () => {
  const template = cluster(created('swap'))
  const [handOver = ''] = Object.keys(template.findResources('Custom::RepointSeed')).filter(id => /HandOver/.test(id))

  it('brings the writer into the first target group before the listener forwards to it alone', () => {
    const [resource] = Object.values(template.findResources(`${elb}::Listener`))
    expect(resource?.DependsOn).toContain(handOver)
    const { DependsOn, Properties } = template.findResources('Custom::RepointSeed')[handOver] ?? {}
    expect(DependsOn).toContainEqual(expect.stringMatching(/^ReconcilerFunction/))
    expect(Properties).toMatchObject({ AcceptedReasons: ['target-not-in-use'], UntilHealthy: true })
  })

  it('runs the hand-over when the strategy begins, and not at later deployments', () => {
    const later = cluster(created('swap', { listenerPort: 15_432 }), {
      watch: { startedMs: 200_000 },
      eventBus: 'other',
    })
    const propertiesOf = (it: Template) => it.findResources('Custom::RepointSeed')[handOver]?.Properties
    expect(propertiesOf(later)).toEqual(propertiesOf(template))
  })

  it('is no matter of databases that cannot have been weighted', () => {
    for (const strategy of ['swap', 'standby']) {
      expect(Object.keys(instance(strategy).findResources('Custom::RepointSeed'))).toEqual([
        expect.stringMatching(/^FirstRegistrationSeed/),
      ])
    }
  })
})

describe('a front door for readers', () => {
  const clients = { clientCidrs: ['10.9.0.0/16'] }
  const template = cluster(created('weighted'), {
    readers: { writerWhenAlone: true, exclude: ['reports'] },
    exposure: clients,
  })

  it('is a second listener of the same load balancer, at the writer’s port and one', () => {
    expect(idsOf(template, 'LoadBalancer')).toHaveLength(1)
    const [group] = idsOf(template, 'TargetGroup').slice(-1)
    expect(listener(template, 5433).properties.DefaultActions).toEqual([
      { Type: 'forward', TargetGroupArn: { Ref: group } },
    ])
    expect(template.toJSON().Outputs.ReadersPort).toMatchObject({ Value: '5433' })
    expect(configOf(template).frontDoors[1]).toEqual({
      role: 'reader',
      strategy: 'swap',
      targetGroupArn: group,
      port: 5432,
      writerWhenAlone: true,
      exclude: ['reports'],
    })
  })

  it('lets clients in at its port too', () => {
    const { SecurityGroupIngress } = onlyResource(template, 'AWS::EC2::SecurityGroup').properties
    expect(SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: '10.9.0.0/16', FromPort: 5432 }),
      expect.objectContaining({ CidrIp: '10.9.0.0/16', FromPort: 5433 }),
    ])
  })

  it('may have another port, and may be without a reader when it is deployed', () => {
    const other = cluster(created('swap'), { readers: { port: 15_433 } })
    expect(listener(other, 15_433).id).toMatch(/Readers/)
    const seed = onlyResource(other, 'Custom::RepointSeed', { Config: Match.anyValue() })
    expect(seed.properties.AcceptedReasons).toEqual(['target-not-healthy', 'no-reader'])
  })

  it('is open to the consumer that names its database, or the port', () => {
    const provider = aCluster({ readers: {} })
    const ports = (consumer: Entry) => {
      const template = synthesizeEntries([provider], [aConsumer({ database: 'ledger', ...consumer })])
      const group = onlyResource(template['Repoint-consumer-analytics'] as Template, 'AWS::EC2::SecurityGroup')
      return (group.properties.SecurityGroupIngress as { FromPort: number }[]).map(it => it.FromPort)
    }
    expect(ports({})).toEqual([5432, 5433])
    expect(ports({ readerPort: 6000 })).toEqual([5432, 6000])
  })
})

describe('settings', () => {
  const problems = (entry: Entry) => problemsOf(entry)
  const proxy = { arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718', id: 'proxy' }
  const hostname = { arn: undefined, kind: 'hostname', id: 'legacy' }
  const group = existingTargetGroup.targetGroupArn
  const existing = { kind: 'existing', strategy: 'weighted' }
  /** As a message shows a long value. */
  const shown = (text: string) => `${JSON.stringify(text).slice(0, 77)}...`
  const listenerArn =
    'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/fedcba9876543210/0a1b2c3d4e5f6071'

  it.each<[string, Entry, string]>([
    [
      'standby of SQL Server',
      anInstance({ engine: 'sqlserver', frontDoor: created('standby') }),
      'swap: SQL Server runs on the secondary too, so health may not tell the writer from it',
    ],
    [
      'standby of a cluster',
      aCluster({ frontDoor: created('standby') }),
      'swap or weighted: a cluster’s readers answer too, so health cannot tell the writer',
    ],
    [
      'standby of a proxy',
      anInstance({ ...proxy, frontDoor: created('standby') }),
      'swap: only a Multi-AZ instance has a standby',
    ],
    [
      'standby of a host name',
      anInstance({ ...hostname, frontDoor: created('standby') }),
      'swap: only a Multi-AZ instance has a standby',
    ],
    [
      'weighted of an instance',
      anInstance({ frontDoor: created('weighted') }),
      'swap or standby: only a cluster has members',
    ],
    [
      'weighted of a proxy',
      anInstance({ ...proxy, frontDoor: created('weighted') }),
      'swap: only a cluster has members',
    ],
  ])('refuse %s and say why', (_, entry, why) => {
    const { strategy } = entry.frontDoor as { strategy: string }
    expect(problems(entry)).toEqual([`databases.0.frontDoor.strategy: got "${strategy}", expected ${why}`])
  })

  it.each<[string, Entry, string[]]>([
    [
      'slots, overlap and exclude without weighted',
      aCluster({ frontDoor: created('swap', { slots: 3, overlap: true, exclude: ['a'] }) }),
      [
        'databases.0.frontDoor.overlap: got true, expected nothing: only strategy weighted has it',
        'databases.0.frontDoor.exclude: got ["a"], expected nothing: only strategy weighted has it',
        'databases.0.frontDoor.slots: got 3, expected nothing: only strategy weighted has it',
      ],
    ],
    [
      'more slots than an action has target groups',
      aCluster({ frontDoor: created('weighted', { slots: 6 }) }),
      ['databases.0.frontDoor.slots: got 6, expected target groups, a whole number from 2 to 5'],
    ],
    [
      'readers of an instance',
      anInstance({ readers: {} }),
      ['databases.0.readers: got {"writerWhenAlone":false}, expected nothing: only a cluster has readers'],
    ],
    [
      'readers at the writer’s port',
      aCluster({ readers: { port: 5432 } }),
      ['databases.0.readers.port: got 5432, expected a port other than the writer’s 5432'],
    ],
    [
      'readers without their target group behind existing ones',
      aCluster({ frontDoor: existingTargetGroup, readers: {} }),
      ['databases.0.readers.targetGroupArn: missing, expected an existing target group of its own'],
    ],
    [
      'readers in the writer’s target group',
      aCluster({ frontDoor: existingTargetGroup, readers: { targetGroupArn: group } }),
      [`databases.0.readers.targetGroupArn: got ${shown(group)}, expected an existing target group of its own`],
    ],
    [
      'an existing weighted front door without listener and slots',
      aCluster({ frontDoor: { ...existing, targetGroupArn: group } }),
      [
        'databases.0.frontDoor.listenerArn: missing, expected the listener whose weights select the writer',
        'databases.0.frontDoor.targetGroupArns: missing, expected two to five different target groups of the listener',
        `databases.0.frontDoor.targetGroupArn: got ${shown(group)}, expected nothing: strategy weighted has targetGroupArns`,
      ],
    ],
    [
      'an existing front door without target group',
      anInstanceBehindItsOwn({ frontDoor: { kind: 'existing', listenerArn } }),
      [
        `databases.0.frontDoor.listenerArn: got ${shown(listenerArn)}, expected nothing: only strategy weighted has it`,
        'databases.0.frontDoor.targetGroupArn: missing, expected the ARN of a target group',
      ],
    ],
  ])('refuse %s', (_, entry, expected) => {
    expect(problems(entry)).toEqual(expected)
  })

  it('report what is wrong with a strategy beside everything else', () => {
    expect(problems(aCluster({ endpoint: 'ledger', frontDoor: created('standby') }))).toHaveLength(2)
  })

  it('take an existing weighted front door with readers', () => {
    const targetGroupArns = [group, group.replace('orders', 'second')]
    const entry = aCluster({
      frontDoor: { ...existing, listenerArn, targetGroupArns },
      readers: { targetGroupArn: group.replace('orders', 'readers') },
    })
    expect(problems(entry)).toEqual([])
  })
})
