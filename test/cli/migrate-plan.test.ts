import { describe, expect, it } from 'vitest'
import { known, none } from '../../cli/facts/gathered.ts'
import { consumerChanges, providerChanges } from '../../cli/migrate/plan/changes.ts'
import { costNotes, costsOf } from '../../cli/migrate/plan/costs.ts'
import { pathTo } from '../../cli/migrate/plan/next.ts'
import { type PlanOptions, planMigration } from '../../cli/migrate/plan/plan-migration.ts'
import { showPlan } from '../../cli/text/migration-plan.ts'
import type { Stage } from '../../infra/app/settings/stages.ts'
import {
  aDatabase,
  aZone,
  type Changes,
  configurationArn,
  consumer,
  databaseEntry,
  settingsBehindShared,
  settingsWith,
  soundFacts,
  withoutGateway,
} from './migrate-facts.ts'

const said: PlanOptions = { gbPerMonth: 100, arguments: '-d orders --consumer analytics' }
const planOf = (changes: Changes = {}, options: Partial<PlanOptions> = {}) =>
  planMigration(soundFacts(changes), { ...said, ...options })

const gone = none('not there')

/** Both sides at a stage, and the settings say so. */
const at = (stage: Stage, percent?: number): Changes => {
  const arn = { resourceConfigurationArn: configurationArn }
  const share = percent ?? (stage === 'gateway' || stage === 'retired' ? 100 : 0)
  const gateway = { ...databaseEntry.gateway, stage, from: stage === 'nlb' ? 'nlb' : stage }
  const ofConsumer = { stage, from: stage, ...(stage === 'nlb' ? {} : arn), ...(percent ? { percent } : {}) }
  const settings = settingsWith({ gateway }, { gateway: ofConsumer })
  if (stage === 'nlb') return { ...withoutGateway, ...settings }
  if (stage !== 'retired') {
    return { ...settings, consumerSide: { zone: known(aZone({ nlb: 100 - share, gateway: share })) } }
  }
  return {
    ...settings,
    provider: { lambda: gone, loadBalancer: gone, endpointService: gone },
    consumerSide: { zone: known(aZone({ gateway: 100 })), nlb: gone },
  }
}

const stepsOf = (changes: Changes, to?: Stage) => {
  const { next } = planOf(changes, to === undefined ? {} : { to })
  return next.kind === 'stage' ? next.steps.map(it => `${it.do}: ${it.text}`) : [next.kind]
}

describe('the next stage', () => {
  it.each<[from: Stage, to: Stage, percent?: number]>([
    ['nlb', 'shadow'],
    ['shadow', 'shift'],
    ['shift', 'gateway', 5],
    ['gateway', 'retired'],
  ])('after %s is %s', (from, to, percent) => {
    expect(planOf(at(from, percent)).next).toMatchObject({ kind: 'stage', from, to })
  })

  it('does not exist after retired', () => {
    expect(planOf(at('retired')).next).toMatchObject({ kind: 'done' })
  })

  it('waits for what is between stages', () => {
    expect(planOf({ provider: { configuration: gone } }).next).toMatchObject({
      kind: 'first',
      why: expect.stringContaining('its resource configuration is not'),
    })
  })

  it('waits for what cannot be read, and says what is missing', () => {
    const denied = { kind: 'unknown', why: 'Not allowed: route53:ListHostedZonesByVPC.' } as const

    expect(planOf({ consumerSide: { zone: denied } }).next).toMatchObject({
      kind: 'first',
      why: expect.stringContaining('route53:ListHostedZonesByVPC'),
    })
  })

  it.each<[from: Stage, to: Stage, why: string]>([
    ['nlb', 'gateway', 'stages come one after the other'],
    ['shadow', 'retired', 'retired removes the load balancer'],
    ['gateway', 'nlb', 'all traffic has to leave it first'],
    ['retired', 'shadow', 'what leads back is a new deployment'],
  ])('from %s is not %s: %s', (from, to, why) => {
    expect(planOf(at(from), { to }).next).toMatchObject({
      kind: 'refused',
      from,
      to,
      why: expect.stringContaining(why),
    })
  })

  it('is refused for a consumer in another Region, with what to do instead', () => {
    const facts = {
      ...at('nlb'),
      consumer: { ...consumer, serviceRegion: 'us-east-1', gateway: { stage: 'nlb', from: 'nlb' } as const },
    }

    expect(planOf(facts).next).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('stays with the load balancer'),
    })
  })

  it('is refused for a publicly accessible database', () => {
    const facts = at('nlb')
    const provider = { ...withoutGateway.provider, database: known({ ...aDatabase, isPubliclyAccessible: true }) }

    expect(planOf({ ...facts, provider }).next).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('Make it private'),
    })
  })
})

describe('what to do', () => {
  it('to shadow: preflight, the provider, the consumer with the ARN, verify', () => {
    const steps = stepsOf(at('nlb'))

    expect(steps).toEqual([
      'run: repoint migrate preflight -d orders --consumer analytics',
      'edit: databases, orders: "gateway": { "stage": "shadow", "from": "nlb" } beside what is there',
      'run: npx cdk deploy Repoint-orders',
      `edit: consumers, analytics: "gateway": { "stage": "shadow", "from": "nlb", "resourceConfigurationArn": "<output ResourceConfigurationArn of the provider's stack>" }`,
      "run: npx cdk deploy Repoint-consumer-analytics   # in the consumer's account",
      expect.stringContaining('still resolves to the interface endpoint'),
      'run: repoint migrate preflight -d orders --consumer analytics',
      'run: repoint migrate verify -d orders --consumer analytics',
    ])
  })

  it('to shift: verify, then a small share, dry before it is applied, then watch', () => {
    const steps = stepsOf(at('shadow'))
    const order = ['verify', 'shift 5 -d', 'shift 5 --apply', 'watch'].map(it =>
      steps.findIndex(step => step.includes(`migrate ${it}`)),
    )

    expect(order).not.toContain(-1)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  it("to retired: the consumer's stack before the provider's", () => {
    const steps = stepsOf(at('gateway'))

    const first = steps.findIndex(it => it.includes('Repoint-consumer-analytics'))
    const second = steps.findIndex(it => it.includes('cdk deploy Repoint-orders'))
    expect(first).toBeGreaterThan(-1)
    expect(second).toBeGreaterThan(first)
  })

  it('to retired with a provider that lags behind: each of its stages is deployed', () => {
    const lagging = { ...at('gateway'), database: settingsWith().database }

    expect(stepsOf(lagging).filter(it => it.startsWith('edit: databases'))).toEqual([
      expect.stringContaining('"shift", "from": "shadow"'),
      expect.stringContaining('"gateway", "from": "shift"'),
    ])
  })

  it('to retired: the command edits the settings of each side, so nobody is told to', () => {
    const commands = stepsOf(at('gateway'), 'retired').flatMap(
      it => /(retire --apply|cdk deploy \S+)/.exec(it)?.[0] ?? [],
    )

    expect(commands).toEqual([
      'retire --apply',
      'cdk deploy Repoint-consumer-analytics',
      'retire --apply',
      'cdk deploy Repoint-orders',
    ])
  })

  it("to shadow: the readers' own name is said where the load balancer has a port for them", () => {
    const { consumer, ...rest } = { consumer: settingsWith().consumer, ...at('nlb') }
    const database = { ...(rest.database ?? settingsWith().database), kind: 'cluster' as const }

    const steps = stepsOf({ ...rest, database, consumer: { ...consumer, readerPort: 5433 } })
    expect(steps.find(it => it.startsWith('edit: consumers'))).toContain('"readerHostname"')
    expect(stepsOf(at('nlb')).join()).not.toContain('readerHostname')
  })

  it("to the first share: the readers' clients move before it, and not again at the next", () => {
    const withReaders = (changes: Changes): Changes => {
      const consumer = changes.consumer ?? settingsWith().consumer
      const gateway = { ...consumer.gateway, readerHostname: 'orders.cluster-ro-x.rds.amazonaws.com' }
      return { ...changes, consumer: { ...consumer, readerPort: 5433, gateway } }
    }
    const steps = stepsOf(withReaders(at('shadow')))
    const moved = steps.findIndex(it => it.includes('from port 5433 to orders.cluster-ro-x.rds.amazonaws.com:5432'))
    expect(moved).toBeGreaterThan(-1)
    expect(moved).toBeLessThan(steps.findIndex(it => it.includes('shift 5')))
    expect(stepsOf(withReaders(at('shift', 5))).join()).not.toContain('port 5433')
    expect(stepsOf(at('shadow')).join()).not.toContain('clients have moved')
  })

  it('leaves out an edit that the settings have already', () => {
    const pending = { ...withoutGateway, ...settingsWith() }

    expect(stepsOf(pending).filter(it => it.startsWith('edit'))).toEqual([])
  })

  it("deploys the consumer's stack after a share was moved: the next stage asks for it", () => {
    const steps = stepsOf(at('shift', 50))
    const moved = steps.findIndex(it => it.includes('shift 100 --apply'))

    expect(steps.findIndex(it => it.includes('cdk deploy Repoint-consumer-analytics'))).toBeGreaterThan(moved)
  })

  it('leaves the provider where another consumer has brought it', () => {
    const { database } = settingsWith({ gateway: { ...databaseEntry.gateway, stage: 'gateway', from: 'gateway' } })

    expect(stepsOf({ ...at('shadow'), database }).filter(it => it.includes('Repoint-orders'))).toEqual([])
    expect(stepsOf({ ...at('gateway'), database }, 'shadow').filter(it => it.includes('Repoint-orders'))).toEqual([])
  })

  it('back to shadow: the weights before anything is deployed', () => {
    const [dry, applied, deployed] = stepsOf(at('gateway'), 'shadow')

    expect(dry).toContain('migrate rollback -d')
    expect(applied).toContain('migrate rollback --apply')
    expect(deployed).toContain('cdk deploy Repoint-consumer-analytics')
  })
})

describe('a path between stages', () => {
  it.each([
    ['shadow', 'retired', ['shift', 'gateway', 'retired']],
    ['gateway', 'nlb', ['shadow', 'nlb']],
    ['nlb', 'nlb', []],
    ['retired', 'nlb', undefined],
  ] as const)('from %s to %s', (from, to, path) => {
    expect(pathTo(from, to)).toEqual(path)
  })
})

describe('what changes', () => {
  const changesOf = (changes: Changes, to?: Stage) => {
    const { next } = planOf(changes, to === undefined ? {} : { to })
    return next.kind === 'stage' ? next.changes.map(({ side, what, text }) => `${side} ${what} ${text}`) : []
  }

  it('to shadow: both sides only add', () => {
    const changes = changesOf(at('nlb'))

    expect(changes.every(it => it.includes(' added '))).toBe(true)
    expect(changes.some(it => it.startsWith('provider added a rule of sg-0a1b2c3d4e5f60718'))).toBe(true)
    expect(changes.some(it => it.startsWith('consumer added resource endpoint'))).toBe(true)
  })

  it('to gateway: weights alone', () => {
    expect(changesOf(at('shift', 5)).filter(it => !it.includes('nothing but the stage'))).toEqual([
      'consumer changed weights: 0 to the load balancer, 100 to the gateway',
    ])
  })

  it("to retired: both sides only remove, and the endpoint service's name is said to go for good", () => {
    const changes = changesOf(at('gateway'))

    expect(changes.every(it => it.includes(' removed '))).toBe(true)
    expect(showPlan(planOf(at('gateway')), (_style, text) => text)).toContain('name goes for good')
  })
})

describe('behind a load balancer and an endpoint that others share', () => {
  const { database: orders, consumer: analytics } = settingsBehindShared()
  const texts = (changes: readonly { readonly what: string; readonly text: string }[]) =>
    changes.map(({ what, text }) => `${what} ${text}`)

  it('retired takes the listener and target groups, and neither load balancer nor endpoint service', () => {
    const changes = texts(providerChanges(orders, 'gateway', 'retired'))

    expect(changes).toContain('removed listener on port 5432 of the load balancer shared, and target groups')
    expect(changes.join()).not.toContain('endpoint service')
  })

  it("retired takes the consumer's rule and record, and not the endpoint", () => {
    const changes = texts(consumerChanges(analytics, 'gateway', 'retired'))

    expect(changes).toContain('removed rule of the endpoint all: in on TCP 5432')
    expect(changes.join()).not.toContain('interface endpoint')
  })
})

describe('costs', () => {
  const costs = costsOf({ gbPerMonth: 100, zones: 2, ownsLoadBalancer: true, ownsEndpoint: true, percent: 50 })
  const usd = Object.fromEntries(costs.map(it => [it.stage, it.usdPerMonth]))

  it('are those of the price list, for a month of 730 hours', () => {
    // 0.0225 * 730 = 16.43, 0.01 * 730 * 2 = 14.60, 0.02 * 730 = 14.60; 0.01 or 0.016 for each of 100 GB.
    expect(usd.nlb).toBeCloseTo(16.43 + 14.6 + 1, 2)
    expect(usd.retired).toBeCloseTo(14.6 + 1.6, 2)
  })

  it("are both paths' during the overlap", () => {
    expect(usd.shift).toBeCloseTo(16.43 + 14.6 + 14.6 + 0.5 + 0.8, 2)
    expect(usd.gateway).toBeGreaterThan(usd.nlb ?? 0)
  })

  it('mark what is not confirmed', () => {
    const unconfirmed = costs.find(it => it.stage === 'retired')?.lines.filter(it => it.isUnconfirmed)

    expect(unconfirmed?.map(({ item }) => item)).toEqual(["100 GB through the gateway, the provider's"])
  })

  it('leave an existing load balancer out: it stays', () => {
    const [nlb] = costsOf({ gbPerMonth: 0, zones: 1, ownsLoadBalancer: false, ownsEndpoint: true, percent: 0 })

    expect(nlb?.usdPerMonth).toBe(7.3)
  })

  it('leave a load balancer and an endpoint that others share out, and say so', () => {
    const [nlb] = costsOf({ gbPerMonth: 0, zones: 1, ownsLoadBalancer: false, ownsEndpoint: false, percent: 0 })

    expect(nlb?.usdPerMonth).toBe(0)
    expect(costNotes('us-east-1', 'instance', 'shared').join()).toContain('the load balancer shared ($16.43)')
    expect(costNotes('us-east-1', 'instance').join()).not.toContain('stay for other databases')
  })
})

it('the page says where both sides stand, what is next, what it costs, and when not to', () => {
  const page = showPlan(planOf(), (_style, text) => text)

  for (const part of [
    'orders for analytics',
    'provider  shadow',
    'consumer  shadow   weights: 100 load balancer, 0 gateway',
    'Next: shift (from shadow)',
    'UNCONFIRMED',
    'USD a month, with 100 GB and 2 zones',
    'Not to be undone',
    'vendor that only takes an endpoint service',
  ]) {
    expect(page).toContain(part)
  }
})
