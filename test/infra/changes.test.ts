import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withGeneratedTables } from '../../cli/reference/deploying.ts'
import { type Change, type ChangeName, changes } from '../../infra/changes.ts'
import { problemsOf, providerTemplate } from './gateway-fixture.ts'
import {
  aCluster,
  anInstance,
  anInstanceBehindShared,
  created,
  type Entry,
  existingTargetGroup,
} from './settings-fixture.ts'
import { diffTemplates, resourcesOf } from './template-diff.ts'

const subnet = (zone: string, more: object = {}) => ({
  id: `subnet-0a1b2c3d4e5f6071${'abcd'.indexOf(zone) + 1}`,
  zone: `eu-west-1${zone}`,
  ...more,
})
const two = [subnet('a'), subnet('b')]
const elsewhere = [
  { id: 'subnet-0f1e2d3c4b5a69781', zone: 'eu-west-1a' },
  { id: 'subnet-0f1e2d3c4b5a69782', zone: 'eu-west-1b' },
]

/** Before and after of each row. */
const cases: Readonly<Record<ChangeName, readonly [Entry, Entry]>> = {
  port: [anInstance(), anInstance({ port: 5433, frontDoor: created('swap', { listenerPort: 5432 }) })],
  vpcId: [anInstance(), anInstance({ vpcId: 'vpc-0f1e2d3c4b5a69788', subnets: elsewhere })],
  subnetRemoved: [anInstance({ subnets: two }), anInstance({ subnets: two.slice(1) })],
  subnetAdded: [anInstance({ subnets: two }), anInstance({ subnets: [...two, subnet('c')] })],
  secondSubnetInZone: [
    anInstance({ subnets: two }),
    anInstance({ subnets: [...two, { id: 'subnet-0f1e2d3c4b5a69781', zone: 'eu-west-1a' }] }),
  ],
  address: [
    anInstance({ subnets: two }),
    anInstance({ subnets: [subnet('a', { address: '10.0.1.10' }), subnet('b', { address: '10.0.2.10' })] }),
  ],
  existing: [anInstance(), anInstance({ frontDoor: existingTargetGroup })],
  sharedLoadBalancer: [anInstance(), anInstanceBehindShared('orders', 6001)],
  endpointServiceOff: [
    anInstance({ exposure: { clientCidrs: ['10.0.0.0/8'] } }),
    anInstance({ exposure: { clientCidrs: ['10.0.0.0/8'], endpointService: false } }),
  ],
  privateDnsName: [
    anInstance({ exposure: { privateDnsName: 'orders.example.com' } }),
    anInstance({ exposure: { privateDnsName: 'shop.example.com' } }),
  ],
  listenerPort: [anInstance(), anInstance({ frontDoor: created('swap', { listenerPort: 6432 }) })],
  weightedWithPolicy: [
    aCluster({ frontDoor: created('weighted') }),
    aCluster({ frontDoor: created('weighted'), policies: ['paused'] }),
  ],
}

/** Whose replacement or removal consumers notice. */
const isInThePath = (type: string) =>
  /^(ElasticLoadBalancingV2::|EC2::VPCEndpointService$|EC2::SecurityGroup$)/.test(type)

describe('a change of a live stack', () => {
  it.each(Object.entries(changes) as [ChangeName, Change][])('%s does what the table says', (name, row) => {
    const [before, after] = cases[name]
    if (row.verdict === 'refused') {
      expect(problemsOf(before)).toEqual([])
      expect(problemsOf(after).length).toBeGreaterThan(0)
      return
    }
    const [old, now] = [providerTemplate(before), providerTemplate(after)]
    const diff = diffTemplates(old, now)
    const typesOf = (ids: readonly string[]) => {
      const all = { ...resourcesOf(now), ...resourcesOf(old) }
      const types = ids.map(id => (all[id]?.Type ?? '').replace('AWS::', '')).filter(isInThePath)
      return [...new Set(types)].toSorted()
    }
    expect({ replaced: typesOf(diff.replaced), removed: typesOf(diff.removed) }).toEqual({
      replaced: [...(row.replaced ?? [])].toSorted(),
      removed: [...(row.removed ?? [])].toSorted(),
    })
    expect(Object.keys(diff.changed).length + diff.removed.length).toBeGreaterThan(0)
  })

  it.each<[string, Entry, Entry]>([
    ['the strategy', anInstance(), anInstance({ frontDoor: created('standby') })],
    ['the function', anInstance(), anInstance({ function: { memoryMb: 1024, everyMinutes: 5 } })],
    ['the network', anInstance(), anInstance({ network: { mode: 'in-vpc' } })],
    ['readers', aCluster(), aCluster({ readers: {} })],
    ['alarms', anInstance(), anInstance({ alarms: { topicArns: ['arn:aws:sns:eu-west-1:111122223333:on-call'] } })],
    ['acceptance', anInstance(), anInstance({ exposure: { acceptanceRequired: false } })],
    ['protection', anInstance(), anInstance({ frontDoor: created('swap', { deletionProtection: true }) })],
  ])('of %s replaces nothing in the path of consumers', (_, before, after) => {
    const [old, now] = [providerTemplate(before), providerTemplate(after)]
    const { replaced, removed } = diffTemplates(old, now)
    const types = [...replaced, ...removed].map(id => (resourcesOf(old)[id]?.Type ?? '').replace('AWS::', ''))
    expect(types.filter(isInThePath)).toEqual([])
  })
})

describe('a new version', () => {
  it('keeps what consumers are connected to: the logical ids are these for good', () => {
    const ids = Object.entries(resourcesOf(providerTemplate(aCluster({ readers: {} }))))
      .filter(([, { Type }]) => isInThePath(Type.replace('AWS::', '')))
      .map(([id]) => id)
    expect(ids).toEqual([
      'FrontDoorSecurityGroup37EAFF3C',
      'FrontDoorLoadBalancer6A458C90',
      'FrontDoorLoadBalancerListenerFB3ADAB6',
      'FrontDoorLoadBalancerReadersListenerCF9CDD27',
      'FrontDoorTargetGroup909C4324',
      'FrontDoorReadersTargetGroup03771239',
      'EndpointServiceBEA49615',
    ])
  })
})

describe('the table in docs/deploying.md', () => {
  it('is this one: `npm run docs` writes it', () => {
    const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
    expect(page).toBe(withGeneratedTables(page))
    expect(page).toContain(changes.port.instead)
  })
})
