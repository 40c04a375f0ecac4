import { describe, expect, it } from 'vitest'
import { differences } from '../../cli/checks/stage-drift.ts'
import { deriveConsumer, deriveProvider } from '../../cli/facts/derive-standing.ts'
import { known, none } from '../../cli/facts/gathered.ts'
import type { ConsumerFacts, ProviderFacts } from '../../cli/facts/migration-facts.ts'
import type { ZoneFacts } from '../../cli/facts/zone-records.ts'
import { showStanding } from '../../cli/text/standing.ts'
import {
  aZone,
  consumer,
  consumerParts,
  database,
  databaseEntry,
  gatewayPath,
  nlbPath,
  providerParts,
  settingsBehindShared,
  settingsWith,
  soundFacts,
  withoutGateway,
} from './migrate-facts.ts'

const gone = none('not there')
const denied = { kind: 'unknown', why: 'Not allowed: vpc-lattice:ListResourceGateways.' } as const

describe("the provider's stage, by what is deployed", () => {
  const noGateway: Partial<ProviderFacts> = { gateway: gone, configuration: gone }
  const noLoadBalancer: Partial<ProviderFacts> = { lambda: gone, loadBalancer: gone, endpointService: gone }

  it.each<[expected: string, changes: Partial<ProviderFacts>]>([
    ['nlb', noGateway],
    ['shadow', {}],
    ['retired', noLoadBalancer],
    ['nothing is deployed', { ...noGateway, ...noLoadBalancer }],
    ['between stages: the resource gateway is there, its resource configuration is not', { configuration: gone }],
    ['between stages: the resource configuration is there, its resource gateway is not', { gateway: gone }],
    ['between stages: the function is there, its load balancer is not', { loadBalancer: gone }],
    ['between stages: the load balancer is there, its endpoint service is not', { endpointService: gone }],
    ['between stages: the load balancer is there and the function that keeps it right is not', { lambda: gone }],
    ['not known: Not allowed: vpc-lattice:ListResourceGateways.', { gateway: denied }],
  ])('is %s', (expected, changes) => {
    expect(showStanding(deriveProvider(database, { ...providerParts, ...changes }))).toBe(expected)
  })

  it.each(['shadow', 'shift', 'gateway'] as const)(
    'is %s where the settings say so: the resources are the same',
    stage => {
      const { database: said } = settingsWith({ gateway: { ...databaseEntry.gateway, stage, from: stage } })

      expect(deriveProvider(said, providerParts)).toEqual({ kind: 'at', stage })
    },
  )

  it('is the stage before, while the settings say retired and it is not deployed', () => {
    const said = { ...database, gateway: { ...database.gateway, stage: 'retired', from: 'gateway' } as const }

    expect(deriveProvider(said, providerParts)).toEqual({ kind: 'at', stage: 'gateway' })
  })

  it("is retired without its function where the load balancer is somebody else's", () => {
    const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/orders/0123456789abcdef'
    const { database: said } = settingsWith({ frontDoor: { kind: 'existing', targetGroupArn } })

    expect(deriveProvider(said, { ...providerParts, lambda: gone })).toEqual({ kind: 'at', stage: 'retired' })
  })

  it('is retired without its function where other databases share the load balancer', () => {
    const { database: said } = settingsBehindShared()

    expect(deriveProvider(said, { ...providerParts, lambda: gone })).toEqual({ kind: 'at', stage: 'retired' })
    expect(deriveProvider(said, { ...providerParts, loadBalancer: gone }).kind).toBe('between')
  })
})

describe("the consumer's stage, by its endpoints and live weights", () => {
  const at = (weights: Parameters<typeof aZone>[0]) => known(aZone(weights))
  const simple = {
    ...aZone({}),
    records: [
      {
        name: `${consumer.hostname}.`,
        type: 'A',
        alias: { dnsName: 'vpce-nlb.amazonaws.com', hostedZoneId: 'Z1', evaluatesHealth: false },
      },
    ],
  }

  const sound = aZone({ nlb: 100, gateway: 0 })
  const withCanary = {
    ...sound,
    records: [...sound.records, { name: `${consumer.hostname}.`, type: 'A', setIdentifier: 'canary', weight: 50 }],
  }

  it.each<[expected: string, changes: Partial<ConsumerFacts>]>([
    ['nlb', { zone: at({ nlb: 100 }), gateway: gone }],
    ['nlb', { zone: known(simple), gateway: gone }],
    ['shadow', { zone: at({ nlb: 100, gateway: 0 }) }],
    ['shift, 5 % through the gateway', { zone: at({ nlb: 95, gateway: 5 }) }],
    ['shift, 25 % through the gateway', { zone: at({ nlb: 3, gateway: 1 }) }],
    ['gateway', { zone: at({ nlb: 0, gateway: 100 }) }],
    ['retired', { zone: at({ gateway: 100 }), nlb: gone }],
    ['nothing is deployed', { zone: gone, nlb: gone, gateway: gone }],
    ['between stages: there is an endpoint and no hosted zone that leads to it', { zone: gone }],
    [`between stages: the hosted zone ${consumer.hostname} has no record of its own name`, { zone: at({}) }],
    [
      `between stages: the record of ${consumer.hostname} has no weight and leads elsewhere`,
      { zone: known(simple), nlb: gone },
    ],
    ['between stages: a record with weight 100 leads to an interface endpoint that is not there', { nlb: gone }],
    [
      'between stages: a record with weight 100 leads to a resource endpoint that is not there',
      { zone: at({ nlb: 0, gateway: 100 }), gateway: gone },
    ],
    ['between stages: the resource endpoint is there and has no record', { zone: at({ nlb: 100 }) }],
    [
      'between stages: the interface endpoint is there and no record leads to it any more',
      { zone: at({ gateway: 100 }) },
    ],
    [
      'between stages: both records have weight 0, and Route 53 then shares new connections evenly',
      { zone: at({ nlb: 0, gateway: 0 }) },
    ],
    ['shift, 99 % through the gateway', { zone: at({ nlb: 1, gateway: 255 }) }],
    ['shift, 1 % through the gateway', { zone: at({ nlb: 255, gateway: 1 }) }],
    [
      `between stages: the record repoint-gateway of ${consumer.hostname} leads elsewhere than to vpce-gateway`,
      { gateway: known({ ...gatewayPath, leads: false }) },
    ],
    [
      `between stages: the record repoint-nlb of ${consumer.hostname} leads elsewhere than to vpce-nlb`,
      { nlb: known({ ...nlbPath, leads: false }) },
    ],
    [
      `between stages: the record of ${consumer.hostname} has no weight and leads elsewhere`,
      { zone: known(simple), nlb: known({ ...nlbPath, leads: false }), gateway: gone },
    ],
    [
      `between stages: ${consumer.hostname} has records beside the two paths', which take their share of new connections: canary (weight 50)`,
      { zone: known(withCanary) },
    ],
    ['not known: Not allowed: vpc-lattice:ListResourceGateways.', { gateway: denied }],
  ])('is %s', (expected, changes) => {
    expect(showStanding(deriveConsumer({ ...consumerParts, ...changes }))).toBe(expected)
  })

  it('says to go back at once where a share leads nowhere', () => {
    const standing = deriveConsumer({ ...consumerParts, zone: at({ nlb: 50, gateway: 50 }), gateway: gone })

    expect(standing).toMatchObject({ kind: 'between', remedy: expect.stringContaining('rollback --apply') })
  })
})

describe('settings and what is there', () => {
  it('agree at shadow', () => {
    expect(differences(soundFacts())).toEqual([])
  })

  it('differ by one deployment where the settings are ahead', () => {
    const ahead = soundFacts({ ...withoutGateway, ...settingsWith() })

    expect(differences(ahead)).toMatchObject([
      { severity: 'notice', fact: expect.stringContaining('shadow (from nlb) for the provider') },
      { severity: 'notice', fact: expect.stringContaining('for the consumer') },
    ])
  })

  it('drift where somebody moved the weights, and the remedy names what is live', () => {
    const moved = soundFacts({ consumerSide: { zone: known(aZone({ nlb: 90, gateway: 10 })) } })

    expect(differences(moved)).toMatchObject([
      {
        severity: 'warning',
        fact: expect.stringContaining('for the consumer'),
        remedy: expect.stringContaining('"stage": "shift", "from": "shift", "percent": 10'),
      },
    ])
  })

  it.each<[string, object, ZoneFacts['weights']]>([
    ['were taken back by hand', { stage: 'shift', from: 'shadow', percent: 25 }, { nlb: 100, gateway: 0 }],
    ['are fewer by hand', { stage: 'shift', from: 'shadow', percent: 25 }, { nlb: 95, gateway: 5 }],
    ['went back from the soak', { stage: 'gateway', from: 'gateway' }, { nlb: 100, gateway: 0 }],
  ])('never say to deploy where the weights %s: it would move them', (_, gateway, weights) => {
    const { consumer: said } = settingsWith({}, { gateway: { ...consumer.gateway, ...gateway } })
    const facts = soundFacts({ consumer: said, consumerSide: { zone: known(aZone(weights)) } })

    const [only, ...more] = differences(facts)
    expect(more).toEqual([])
    expect(only?.remedy).not.toContain('Deploy it')
    expect(only?.remedy).toMatch(/^Deploying moves (25|100) % of new connections to the gateway/)
    expect(only?.remedy).toContain('rollback --apply')
  })

  it('drift where the share is another than the settings say', () => {
    const { consumer: said } = settingsWith(
      {},
      { gateway: { ...consumer.gateway, stage: 'shift', from: 'shadow', percent: 5 } },
    )
    const facts = soundFacts({ consumer: said, consumerSide: { zone: known(aZone({ nlb: 50, gateway: 50 })) } })

    expect(differences(facts).map(({ severity }) => severity)).toEqual(['warning'])
  })
})
