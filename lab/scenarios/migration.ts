import type { Cloud } from '../cloud.ts'
import { delays } from '../delays.ts'
import * as estate from '../estate.ts'
import { waitUntil } from '../stage.ts'
import { orderOf, type StackPair, type StageSettings, stacksAt } from '../stages.ts'
import { expectationsOf } from './migration-expectations.ts'
import { failOver } from './migration-failover.ts'
import { tableOf } from './migration-findings.ts'
import { told } from './migration-told.ts'
import type { Scenario, Scene } from './scenario.ts'

/**
 * The whole way from the load balancer to a resource gateway with a client at work: forward, back from each stage, forward
 * again, and a failover in the middle of each stage.
 */

/** In their order; a failover where it is said. Settings are what `repoint.json` would say then. */
const steps: readonly (StageSettings & { readonly failsOver?: true })[] = [
  { stage: 'nlb', from: 'nlb', failsOver: true },
  { stage: 'shadow', from: 'nlb', failsOver: true },
  { stage: 'nlb', from: 'shadow' },
  { stage: 'shadow', from: 'nlb' },
  { stage: 'shift', from: 'shadow', percent: 50, failsOver: true },
  { stage: 'shadow', from: 'shift' },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift', failsOver: true },
  { stage: 'shadow', from: 'gateway' },
  { stage: 'shift', from: 'shadow', percent: 50 },
  { stage: 'gateway', from: 'shift' },
  { stage: 'retired', from: 'gateway', failsOver: true },
]

const nameOf = ({ stage, from, percent }: StageSettings): string => `${from} ${stage} ${percent ?? ''}`

/** Templates, by step: CDK takes the process for itself while it makes them, which no clock of the lab would forgive. */
let pairs: Promise<ReadonlyMap<string, StackPair>> | undefined

const synthesizeAll = async (): Promise<ReadonlyMap<string, StackPair>> => {
  const made = new Map<string, StackPair>()
  for (const step of steps) {
    const name = nameOf(step)
    if (!made.has(name)) made.set(name, await stacksAt('instance', step))
  }
  return made
}

const allPairs = (): Promise<ReadonlyMap<string, StackPair>> => {
  pairs ??= synthesizeAll()
  return pairs
}

const deploy = async (cloud: Cloud, step: StageSettings): Promise<void> => {
  const pair = (await allPairs()).get(nameOf(step))
  if (!pair) throw new Error(`no templates were made for ${nameOf(step)}`)
  for (const side of orderOf(step)) await cloud.deploy(side, pair[side])
}

/** From a change of weights until the last client that has the old answer asks again. */
const knownMs = delays.route53Change.value + delays.endpointNameTtl.value + 15_000

/** A kept connection is as old as its pool lets it become. */
const drainedMs = 600_000

/** So long both ways are looked at in a shift, whose draws are one a TTL. */
const sharedMs = 4 * delays.endpointNameTtl.value

const restMs = 10_000

const wayOf = (ip: string): 'nlb' | 'gateway' =>
  estate.consumer.addressesOf('interface').includes(ip) ? 'nlb' : 'gateway'

const connectionsOf = ({ reached }: Scene) => ({
  nlb: reached.filter(ip => wayOf(ip) === 'nlb').length,
  gateway: reached.filter(ip => wayOf(ip) === 'gateway').length,
})

/** Nobody is connected that way any more, and the traffic is where the stage says. */
const settle = async (cloud: Cloud, { stage }: StageSettings): Promise<boolean> => {
  await cloud.time.sleep(stage === 'shift' ? knownMs + sharedMs : knownMs)
  const { endpoints } = cloud.consumer
  const isLeft = ({ type = 'Interface' }: { type?: string }) =>
    (stage === 'shadow' && type === 'Resource') || (stage === 'gateway' && type === 'Interface')
  return waitUntil(cloud.time, drainedMs, () =>
    cloud.surroundings.vpcEndpoints.filter(isLeft).every(({ id }) => endpoints.active(id) === 0),
  )
}

const play = async (cloud: Cloud, scene: Scene): Promise<void> => {
  const { story, time } = cloud
  const beganMs = time.now()
  for (const [index, step] of steps.entries()) {
    const { stage } = step
    const before = connectionsOf(scene)
    if (index > 0) await deploy(cloud, step)
    story.record('lab', told.deployed, { stage, from: step.from })
    const isSettled = index === 0 || (await settle(cloud, step))
    const settled = connectionsOf(scene)
    if (step.failsOver) await failOver(cloud, scene, stage)
    else if (stage === 'shadow' || stage === 'nlb') await cloud.time.sleep(restMs)
    const after = connectionsOf(scene)
    story.record('lab', told.passed, {
      stage,
      isSettled,
      nlb: after.nlb - before.nlb,
      gateway: after.gateway - before.gateway,
      settledNlb: after.nlb - settled.nlb,
      settledGateway: after.gateway - settled.gateway,
    })
  }
  tellWhatIsLeft(cloud)
  await cloud.time.sleep(delays.gatewayAccessLog.value + 5_000)
  tellAccessLog(cloud, beganMs)
}

const tellWhatIsLeft = (cloud: Cloud): void => {
  const { endpointServices, loadBalancers, listeners, vpcEndpoints, hostedZones, roles } = cloud.surroundings
  cloud.story.record('lab', told.left, {
    left: [
      ...endpointServices.map(({ id }) => id),
      ...Object.keys(loadBalancers),
      ...Object.keys(listeners),
      ...vpcEndpoints.filter(({ type }) => type !== 'Resource').map(({ id }) => id),
      ...hostedZones
        .flatMap(({ records = [] }) => records.flatMap(it => it.setIdentifier ?? []))
        .filter(it => it === 'repoint-nlb'),
      ...cloud.wake.rules.map(({ name }) => name),
      ...(cloud.wake.schedule.isGone ? [] : [cloud.wake.schedule.name]),
      ...roles.map(({ arn }) => arn),
    ],
  })
}

/** Which address the gateway's connections reached, one after the other, since the play began. */
const tellAccessLog = (cloud: Cloud, beganMs: number): void => {
  const { time } = cloud
  const wallOffsetMs = Date.now() - time.now() / time.speed
  const entries = [...cloud.accessLogs.values()].flat().toSorted((a, b) => a.atMs - b.atMs)
  const reached: { ip: string; connections: number; fromMs: number; toMs: number }[] = []
  for (const { atMs, record } of entries) {
    const ip = record.resourceIpPort?.split(':')[0] ?? ''
    const ms = Math.round((atMs - wallOffsetMs) * time.speed - beganMs)
    const last = reached.at(-1)
    if (last?.ip === ip) Object.assign(last, { connections: last.connections + 1, toMs: ms })
    else reached.push({ ip, connections: 1, fromMs: ms, toMs: ms })
  }
  cloud.story.record('targets', told.accessLog, { records: entries.length, reached })
}

export const migration: Scenario = {
  name: 'migration',
  database: 'instance',
  promise:
    'A live client moves from the load balancer to a resource gateway, back from each stage and forward again, with a failover in the middle of each: nothing fails beside the failovers, and the load balancer retires with nothing lost.',
  open: async cloud => {
    await allPairs()
    const [first] = steps
    if (first) await deploy(cloud, first)
    cloud.consumer.zones.settle()
  },
  play,
  table: tableOf,
  expectations: expectationsOf,
}
