import type { Cloud } from '../cloud/cloud.ts'
import { delays } from '../delays.ts'
import * as fixture from '../fixture.ts'
import type { StageSettings } from '../template/migration-stacks.ts'
import { stagePropertiesOf } from '../template/stage-properties.ts'
import { waitUntil } from '../time.ts'
import { migrationMoments } from './migration-moments.ts'
import { openMigration } from './migration-play.ts'
import { templatesFor } from './migration-templates.ts'
import { seconds } from './run-queries.ts'
import type { Expectation, RunRecord, Scenario, Scene } from './scenario.ts'

/**
 * What people and machines do to each other on the way: a gateway that drops connections now and then, a colleague who
 * deploys older settings after the rollback, a rollback that is killed between the settings and the weights, and a second
 * operator who moves the weights meanwhile.
 */

const shadow: StageSettings = { stage: 'shadow', from: 'nlb' }
const half: StageSettings = { stage: 'shift', from: 'shadow', percent: 50 }
const tenth: StageSettings = { stage: 'shift', from: 'shadow', percent: 10 }
const back: StageSettings = { stage: 'shadow', from: 'shift' }

const templates = templatesFor('instance', 'swap', [shadow, half, tenth, back])

const moments = {
  flapBegins: 'The gateway begins to drop connections now and then',
  flapEnds: 'The gateway drops nothing any more',
  asked: 'A deployment is tried',
  gone: 'All new connections are back on the load balancer',
} as const

/** From a change of weights until the last client that has the old answer asks again. */
const knownMs = delays.route53Change.value + delays.endpointNameTtl.value + 15_000
/** Long enough for a client to draw the gateway more than once. */
const [dropsMs, passesMs, flaps] = [4_000, 8_000, 20] as const

const weigh = (cloud: Cloud, gateway: number): void => {
  for (const record of cloud.resources.hostedZones.flatMap(({ records }) => records ?? [])) {
    if (record.setIdentifier === 'repoint-nlb') record.weight = 100 - gateway
    if (record.setIdentifier === 'repoint-gateway') record.weight = gateway
  }
}

const liveWeights = (cloud: Cloud) => {
  const records = cloud.resources.hostedZones.flatMap(zone => zone.records ?? [])
  const of = (name: string) => records.find(({ setIdentifier }) => setIdentifier === `repoint-${name}`)?.weight ?? 0
  return { nlb: of('nlb'), gateway: of('gateway') }
}

/** Asks the guard as CloudFormation does, and deploys only where it lets it. */
const tryToDeploy = async (cloud: Cloud, step: StageSettings, what: string): Promise<void> => {
  const { whyNotMove } = await import('../../infra/custom-resources/stage-decisions.ts')
  const [before, after] = [await templates.of(shadow), await templates.of(step)].map(it =>
    stagePropertiesOf(it.consumer),
  )
  if (!before || !after) throw new Error('a template has no guard')
  const why = whyNotMove({ ResourceProperties: after, OldResourceProperties: before }, liveWeights(cloud))
  cloud.timeline.record('lab', moments.asked, { what, why: why ?? 'let through', gateway: liveWeights(cloud).gateway })
  if (why === undefined) await templates.deploy(cloud, step)
}

/** The rule that lets the gateway to the database, taken away and put back. */
const flap = async (cloud: Cloud): Promise<void> => {
  const group = cloud.resources.securityGroups.find(({ id }) => id === fixture.networkNames.databaseGroup)
  const own = cloud.resources.resourceGateways[0]?.securityGroupIds[0]
  if (!group || own === undefined) throw new Error('the gateway has no security group')
  const whole = group.incoming
  for (let count = 0; count < flaps; count++) {
    group.incoming = whole.filter(({ groupIds }) => !groupIds?.includes(own))
    await cloud.time.sleep(dropsMs)
    group.incoming = whole
    await cloud.time.sleep(passesMs)
  }
}

const play = async (cloud: Cloud, { reached }: Scene): Promise<void> => {
  const { timeline, time } = cloud
  const byGateway = () => reached.filter(ip => fixture.consumer.addressesOf('resource').includes(ip)).length
  const settledBack = async (who: string) => {
    await time.sleep(knownMs)
    const before = byGateway()
    await time.sleep(knownMs)
    timeline.record('lab', moments.gone, { who, gateway: byGateway() - before })
  }
  timeline.record('lab', migrationMoments.deployed, { stage: 'shadow', from: 'nlb' })
  weigh(cloud, 50)
  await waitUntil(time, 10 * knownMs, () => byGateway() > 0)
  timeline.record('lab', moments.flapBegins, { gateway: byGateway() })
  await flap(cloud)
  weigh(cloud, 0)
  await time.sleep(knownMs)
  timeline.record('lab', moments.flapEnds, {})
  await tryToDeploy(cloud, half, 'settings that are older than the rollback')
  await settledBack('the first rollback')
  const used = byGateway()

  weigh(cloud, 50)
  await waitUntil(time, 10 * knownMs, () => byGateway() > used)
  await tryToDeploy(cloud, back, 'settings of a rollback that was killed before the weights')
  weigh(cloud, 0)
  await settledBack('the rollback, made again')

  weigh(cloud, 5)
  await tryToDeploy(cloud, tenth, 'a second operator, while the first one moves the weights')
  weigh(cloud, 0)
  await settledBack('the last rollback')
}

const expectations = ({ moments: all, client }: RunRecord): Expectation[] => {
  const of = (what: string) => all.filter(moment => moment.what === what)
  const asked = of(moments.asked)
  const passed = asked.filter(({ fields }) => fields.why === 'let through')
  const left = of(moments.gone)
  const [begun, ended] = [of(moments.flapBegins)[0]?.atMs, of(moments.flapEnds)[0]?.atMs]
  const outages = Object.values(client.connections).flatMap(it => it.outages)
  const stray = outages.filter(
    ({ fromMs }) => begun === undefined || ended === undefined || fromMs < begun || fromMs > ended,
  )
  return [
    {
      what: 'no deployment raises the share of the gateway: older settings, a killed rollback, a second operator',
      holds: asked.length === 3 && passed.length === 0,
      found: asked.map(({ fields }) => `${fields.what}: ${String(fields.why).slice(0, 90)}`).join('; '),
    },
    {
      what: 'after each rollback no new connection comes through the gateway',
      holds: left.length === 3 && left.every(({ fields }) => fields.gateway === 0),
      found: left.map(({ fields }) => `${fields.who}: ${fields.gateway}`).join(', '),
    },
    {
      what: 'clients meet what the gateway drops',
      holds: outages.length > stray.length,
      found: `${outages.length - stray.length} times`,
    },
    {
      what: 'nothing fails but through the gateway, while it drops connections',
      holds: stray.length === 0,
      ...(stray.length > 0 ? { found: `at ${stray.map(({ fromMs }) => seconds(fromMs)).join(', ')}` } : {}),
    },
  ]
}

export const migrationHostile: Scenario = {
  name: 'migration-hostile',
  database: 'instance',
  promise:
    'A gateway that drops connections, older settings, a killed rollback and a second operator cost what the gateway drops, and nothing else: every rollback holds.',
  open: cloud => openMigration(cloud, { plan: 'swap', steps: [shadow], templates }),
  play,
  expectations,
}
