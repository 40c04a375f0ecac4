import { beforeAll, describe, expect, it } from 'vitest'
import type { AccountResources } from '../../lab/api/resources.ts'
import { layOut } from '../../lab/cloud/initial-resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { applyParts } from '../../lab/template/apply-parts.ts'
import { everyEndpointName, readConsumerParts } from '../../lab/template/consumer-parts.ts'
import { orderOf, type StackPair, type StageSettings, stacksAt } from '../../lab/template/migration-stacks.ts'
import type { Part } from '../../lab/template/parts.ts'
import { hasFrontDoor, readProviderParts } from '../../lab/template/provider-parts.ts'

const path = {
  nlb: { stage: 'nlb', from: 'nlb' },
  shadow: { stage: 'shadow', from: 'nlb' },
  shift: { stage: 'shift', from: 'shadow', percent: 25 },
  gateway: { stage: 'gateway', from: 'shift' },
  back: { stage: 'shadow', from: 'gateway' },
  home: { stage: 'nlb', from: 'shadow' },
  retired: { stage: 'retired', from: 'gateway' },
} as const satisfies Record<string, StageSettings>

type Name = keyof typeof path

const around = (kind: fixture.DatabaseKind): AccountResources => {
  const deployment = { functionName: 'repoint-orders', listeners: [], statements: [] }
  return layOut({ kind, deployment, deadLetters: () => 0 })
}

describe('a stage’s templates', () => {
  const pairs: Record<string, Record<Name, StackPair>> = {}
  beforeAll(async () => {
    for (const kind of ['instance', 'cluster'] as const) {
      const made = {} as Record<Name, StackPair>
      for (const [name, stage] of Object.entries(path)) made[name as Name] = await stacksAt(kind, stage)
      pairs[kind] = made
    }
  }, 60_000)

  /** Deploys one stage after the other. */
  const deployed = (
    kind: fixture.DatabaseKind,
    names: readonly Name[],
    after: (around: AccountResources) => void = () => {},
  ) => {
    const resources = around(kind)
    const before: Record<'provider' | 'consumer', readonly Part[]> = { provider: [], consumer: [] }
    for (const [index, name] of names.entries()) {
      const pair = pairs[kind]?.[name]
      if (!pair) throw new Error(name)
      for (const side of index === 0 ? (['provider', 'consumer'] as const) : orderOf(path[name])) {
        const parts =
          side === 'provider'
            ? readProviderParts(pair.provider)
            : readConsumerParts(pair.consumer, resources.resourceConfigurations)
        applyParts(resources, before[side], parts)
        before[side] = parts
      }
      if (index === names.length - 2) after(resources)
    }
    return resources
  }

  const weights = ({ hostedZones }: AccountResources) =>
    Object.fromEntries((hostedZones[0]?.records ?? []).map(({ setIdentifier, weight }) => [setIdentifier, weight]))

  it('of nlb give an accepted interface endpoint, and a zone of the database’s name that leads to it alone', () => {
    const resources = deployed('instance', ['nlb'])
    const [endpoint] = resources.vpcEndpoints
    expect(endpoint).toMatchObject({
      type: 'Interface',
      vpcId: fixture.consumer.vpc.id,
      addresses: ['10.1.1.40', '10.1.2.40'],
    })
    expect(resources.endpointServices[0]?.connections).toEqual([
      { endpointId: endpoint?.id, owner: fixture.account, state: 'available' },
    ])
    expect(resources.hostedZones.map(({ name }) => name)).toEqual([`${fixture.endpoints.instance}.`])
    expect(weights(resources)).toEqual({ 'repoint-nlb': 100 })
    expect(resources.hostedZones[0]?.records?.[0]?.alias?.dnsName).toBe(endpoint?.names?.[0]?.dnsName)
    expect(resources.resourceGateways).toEqual([])
  })

  it('of shadow add the gateway’s path, which both security groups let through, without weight', () => {
    const { resourceGateways, resourceConfigurations, accessLogSubscriptions, securityGroups, ...rest } = deployed(
      'instance',
      ['nlb', 'shadow'],
    )
    const [gateway] = resourceGateways
    expect(gateway).toMatchObject({ ipv4AddressesPerEni: 4, dnsResolution: 'PUBLIC', vpcId: fixture.vpc.id })
    expect(resourceConfigurations).toEqual([
      expect.objectContaining({ type: 'ARN', gatewayId: gateway?.id, resourceArn: fixture.databaseArn('instance') }),
    ])
    expect(accessLogSubscriptions).toEqual([
      expect.objectContaining({
        resourceArn: resourceConfigurations[0]?.arn,
        destinationArn: expect.stringContaining(':log-group:/aws/vendedlogs/repoint/orders/gateway:'),
      }),
    ])
    const [own] = gateway?.securityGroupIds ?? []
    const find = (id: string | undefined) => securityGroups.find(group => group.id === id)
    expect(find(own)?.outgoing).toEqual([
      expect.objectContaining({ groupIds: [fixture.networkNames.databaseGroup], toPort: 5432 }),
    ])
    expect(find(fixture.networkNames.databaseGroup)?.incoming).toContainEqual(
      expect.objectContaining({ groupIds: [own], fromPort: 5432 }),
    )
    expect(rest.vpcEndpoints[1]).toMatchObject({
      type: 'Resource',
      hasPrivateDns: false,
      resourceConfigurationArn: resourceConfigurations[0]?.arn,
      addresses: ['10.1.1.50', '10.1.2.50'],
    })
    expect(weights(rest as AccountResources)).toEqual({ 'repoint-nlb': 100, 'repoint-gateway': 0 })
  })

  it('of a cluster reach its writer and its readers by names and addresses of their own', () => {
    const { resourceConfigurations, vpcEndpoints, hostedZones } = deployed('cluster', ['nlb', 'shadow'])
    const children = resourceConfigurations.filter(({ type }) => type === 'CHILD')
    expect(children.map(it => it.customDomainName)).toEqual([fixture.endpoints.cluster, fixture.endpoints.readers])
    const [writer, readers] = vpcEndpoints[1]?.names ?? []
    expect([writer?.resourceConfigurationArn, readers?.resourceConfigurationArn]).toEqual(children.map(it => it.arn))
    expect([writer?.addresses, readers?.addresses]).toEqual([
      ['10.1.1.50', '10.1.2.50'],
      ['10.1.1.51', '10.1.2.51'],
    ])
    expect(hostedZones.map(({ records }) => records?.at(-1)?.alias?.dnsName)).toEqual([
      writer?.dnsName,
      readers?.dnsName,
    ])
    const known = everyEndpointName('cluster').map(({ dnsName }) => dnsName)
    expect(known).toEqual(vpcEndpoints.flatMap(({ names = [] }) => names.map(({ dnsName }) => dnsName)))
  })

  it.each<[Name[], Record<string, number>]>([
    [['nlb', 'shadow', 'shift'], { 'repoint-nlb': 75, 'repoint-gateway': 25 }],
    [['nlb', 'shadow', 'shift', 'gateway'], { 'repoint-nlb': 0, 'repoint-gateway': 100 }],
    [['nlb', 'shadow', 'shift', 'gateway', 'back'], { 'repoint-nlb': 100, 'repoint-gateway': 0 }],
    [['nlb', 'shadow', 'shift', 'gateway', 'retired'], { 'repoint-gateway': 100 }],
  ])('along %j end with the weights %j', (names, expected) => {
    expect(weights(deployed('instance', names))).toEqual(expected)
  })

  it('leave weights that have drifted where the template says what it said before', () => {
    const drifted = deployed('instance', ['shadow', 'shadow'], ({ hostedZones }) => {
      for (const record of hostedZones[0]?.records ?? []) record.weight = 50
    })
    expect(weights(drifted)).toEqual({ 'repoint-nlb': 50, 'repoint-gateway': 50 })
  })

  it('of the return to nlb leave nothing of the gateway behind', () => {
    const before = deployed('instance', ['nlb'])
    const after = deployed('instance', ['nlb', 'shadow', 'home'])
    expect(after).toEqual({ ...before, queues: after.queues })
  })

  it('of retired have no load balancer, and take the interface endpoint and its connection away', () => {
    expect(
      Object.entries(pairs.instance ?? {})
        .filter(([, { provider }]) => !hasFrontDoor(provider))
        .map(([name]) => name),
    ).toEqual(['retired'])
    const { vpcEndpoints, endpointServices, resourceGateways } = deployed('instance', [
      'shadow',
      'shift',
      'gateway',
      'retired',
    ])
    expect(vpcEndpoints.map(({ type }) => type)).toEqual(['Resource'])
    expect(endpointServices[0]?.connections).toEqual([])
    expect(resourceGateways).toHaveLength(1)
  })
})
