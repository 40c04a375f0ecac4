import { describe, expect, it } from 'vitest'
import type { ResourceConfiguration } from '../../lab/api/resources.ts'
import type { RdsView } from '../../lab/database/rds-view.ts'
import { whoDrops } from '../../lab/gateway/security-groups.ts'
import { targetOf } from '../../lab/gateway/target.ts'

const databases: RdsView = {
  instances: () => [
    {
      ...{ id: 'orders', arn: 'arn:db:orders', engine: 'postgres', status: 'available', multiAz: true },
      ...{ zone: 'eu-west-1a', endpoint: 'orders.rds', port: 5432 },
    },
    {
      ...{ id: 'new', arn: 'arn:db:new', engine: 'postgres', status: 'creating', multiAz: true, zone: 'a', port: 5432 },
    },
  ],
  clusters: () => [
    {
      ...{ id: 'shop', arn: 'arn:cluster:shop', engine: 'aurora-postgresql', status: 'available', members: [] },
      ...{ endpoint: 'shop.cluster.rds', readerEndpoint: 'shop.cluster-ro.rds', port: 6432 },
    },
  ],
}

const configuration = (its: Partial<ResourceConfiguration>): ResourceConfiguration => ({
  ...{ id: 'rcfg-1', arn: 'arn:rcfg-1', name: 'orders', gatewayId: 'rgw-1', type: 'ARN', status: 'ACTIVE' },
  ...its,
})

describe('a resource configuration', () => {
  it.each<[string, Partial<ResourceConfiguration>, ReturnType<typeof targetOf>]>([
    [
      'an instance leads to its endpoint and port',
      { resourceArn: 'arn:db:orders' },
      { name: 'orders.rds', port: 5432 },
    ],
    ['an instance that has no endpoint yet leads nowhere', { resourceArn: 'arn:db:new' }, undefined],
    ['a cluster leads nowhere by itself', { resourceArn: 'arn:cluster:shop' }, undefined],
    [
      'a cluster leads to its writer by one child',
      { type: 'CHILD', customDomainName: 'shop.cluster.rds' },
      { name: 'shop.cluster.rds', port: 6432 },
    ],
    [
      'a cluster leads to its readers by the other',
      { type: 'CHILD', customDomainName: 'shop.cluster-ro.rds' },
      { name: 'shop.cluster-ro.rds', port: 6432 },
    ],
    [
      'a name leads to the first port of its ranges',
      { type: 'SINGLE', domainName: 'warehouse.example', ports: ['5439-5440'] },
      { name: 'warehouse.example', port: 5439 },
    ],
    ['a name without ports leads nowhere', { type: 'SINGLE', domainName: 'warehouse.example' }, undefined],
  ])('of %s', (_, its, expected) => {
    expect(targetOf(configuration(its), databases)).toEqual(expected)
  })
})

describe('security groups', () => {
  const tcp = { protocol: 'tcp', fromPort: 5432, toPort: 5432 }
  const crossing = {
    from: { ip: '10.0.1.60', groupIds: ['sg-gateway'] },
    to: { ip: '10.0.2.20', groupIds: ['sg-database'] },
    port: 5432,
  }
  const groups = (outgoing: object, incoming: object) => ({
    securityGroups: [
      { id: 'sg-gateway', name: '', vpcId: '', incoming: [], outgoing: [{ ...tcp, ...outgoing }] },
      { id: 'sg-database', name: '', vpcId: '', incoming: [{ ...tcp, ...incoming }], outgoing: [] },
    ],
  })

  it.each<[string, object, object, ReturnType<typeof whoDrops>]>([
    ['name each other', { groupIds: ['sg-database'] }, { groupIds: ['sg-gateway'] }, undefined],
    ['name each other’s networks', { cidrs: ['10.0.0.0/16'] }, { cidrs: ['10.0.1.0/24'] }, undefined],
    [
      'let everything through',
      { protocol: '-1', cidrs: ['0.0.0.0/0'] },
      { protocol: '-1', cidrs: ['0.0.0.0/0'] },
      undefined,
    ],
    [
      'have no rule of the database for the gateway',
      { groupIds: ['sg-database'] },
      { groupIds: ['sg-nlb'] },
      'ingress',
    ],
    ['have a rule for another network', { groupIds: ['sg-database'] }, { cidrs: ['10.0.2.0/24'] }, 'ingress'],
    [
      'have no rule of the gateway for the database',
      { groupIds: ['sg-other'] },
      { groupIds: ['sg-gateway'] },
      'egress',
    ],
    ['have one for another port', { fromPort: 3306, toPort: 3306, cidrs: ['0.0.0.0/0'] }, {}, 'egress'],
    ['have one for another protocol', { protocol: 'udp', cidrs: ['0.0.0.0/0'] }, {}, 'egress'],
  ])('that %s', (_, outgoing, incoming, expected) => {
    expect(whoDrops(groups(outgoing, incoming), crossing)).toBe(expected)
  })
})
