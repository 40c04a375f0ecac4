import { isUsable, type Target } from '../../functions/reconciler/core/model.ts'
import { createMemory } from '../../functions/reconciler/memory.ts'
import { AwsError, TransientError } from '../../functions/reconciler/ports.ts'
import { reconcile } from '../../functions/reconciler/reconcile.ts'
import type { Trigger } from '../../functions/reconciler/triggers.ts'
import { groups, listenerArn } from '../fakes/cluster-world.ts'
import { createFakeClock } from '../fakes/fake-clock.ts'
import { createFakeFrontDoor, writerGroup } from '../fakes/fake-front-door.ts'
import { anEvent, port, tick } from '../fakes/world.ts'
import { createDiary } from './diary.ts'
import { drawHardship } from './hardship.ts'
import { calmMs, drawHistory, type Moment, type Shape, shapes } from './history.ts'
import {
  afterDeregister,
  afterRegister,
  afterWeights,
  type Court,
  emptyAtMostMs,
  servedAddresses,
  staysEmpty,
  whenCalm,
} from './laws.ts'
import { arnsOf, configOf, hardPorts, mortal, type Setting } from './ports.ts'
import { createRandom } from './random.ts'
import { drawScript } from './script.ts'

/** A day in a life: changes until `calmMs`, what AWS says of them until a minute later, then minutes of schedule. */
const lateMs = calmMs + 60_000
const settledMs = lateMs + 240_000
const endMs = settledMs + 130_000

export interface Outcome {
  readonly shape: Shape
  readonly broken: readonly string[]
  readonly told: readonly string[]
}

/** What the world of a seed is about. */
export const shapeOf = (seed: number): Shape => createRandom(seed).pick(shapes)

/** Runs the world of a seed. @returns which laws were broken in it. */
export const runWorld = async (seed: number): Promise<Outcome> => {
  const random = createRandom(seed)
  const shape = random.pick(shapes)
  const history = drawHistory(random, shape)
  const script = drawScript(random, shape, history)
  const hardship = drawHardship(random)
  const clock = createFakeClock(0, random.next)
  const truth = (ms: number): Moment => history.findLast(({ atMs }) => atMs <= ms) ?? (history[0] as Moment)
  const listens = (ip: string): boolean => {
    const { nodes, writer, others } = truth(clock.now())
    const isReader = shape !== 'standby' && shape !== 'instance' && nodes.some(node => node.ip === ip)
    return ip === writer.ip || isReader || others.some(node => node.ip === ip && node.listens)
  }
  const unusedBecause = (ip: string) => (isUnused(ip) ? 'Target.NotInUse' : undefined)
  const isUnused = (ip: string) =>
    isSwap(shape) && clock.now() < hardship.unusedUntilMs && Number(ip.split('.')[3]) % 3 === 0
  const frontDoor = createFakeFrontDoor({ clock, registrationMs: 20_000, drainMs: 40_000, listens, unusedBecause })
  const sinceMs = clock.now
  let firstAnswerMs = Number.POSITIVE_INFINITY
  const onAnswer = () => {
    firstAnswerMs = Math.min(firstAnswerMs, clock.now())
  }
  const setting: Setting = {
    shape,
    script,
    hardship,
    random,
    clock,
    frontDoor,
    truth,
    sinceMs,
    onAnswer,
    past: new Map(),
  }
  const meddled = new Map<string, number>()
  const court: Court = {
    shape,
    script,
    hardship,
    frontDoor,
    history,
    truth,
    sinceMs,
    meddled,
    firstAnswerMs: () => firstAnswerMs,
  }
  const broken: string[] = []
  const told: string[] = history.map(({ atMs, kind, writer }) => `${atMs} truth: ${kind}, writer ${writer.ip}`)
  const complain = (complaints: readonly string[]) => {
    for (const complaint of complaints) broken.push(`${complaint} at ${clock.now() / 1000} s`)
  }
  furnish(setting)
  meddle(setting, { meddled, told })
  watch(setting, { court, complain, told })

  const config = configOf(shape)
  let invocations = 0
  const createReconciler = () => {
    const diary = createDiary(sinceMs, complaint => complain([complaint]))
    const ports = hardPorts(setting, diary)
    let memory = createMemory()
    let line: Promise<unknown> = Promise.resolve()
    const invoke = async (trigger: Trigger): Promise<void> => {
      const death = hardship.deaths.get(invocations++)
      let die = () => {}
      const dead = new Promise<void>(resolve => {
        die = resolve
      })
      const own = death === undefined ? ports : mortal(ports, death, die)
      const run = reconcile(trigger, config, own, clock.now() + 300_000, memory).then(
        report => told.push(`${clock.now()} ${trigger.kind}: ${report.reason}`),
        error => {
          told.push(`${clock.now()} ${trigger.kind} threw ${error}`)
          if (!(error instanceof TransientError || error instanceof AwsError)) complain([`throws ${error.stack}`])
        },
      )
      await Promise.race([run, dead.then(() => told.push(`${clock.now()} died`))])
      if (death === undefined) return
      memory = createMemory()
      diary.forget()
    }
    // One at a time, as with a reserved concurrency of one.
    return (trigger: Trigger) => {
      line = line.then(() => invoke(trigger))
    }
  }
  const reconcilers = Array.from({ length: hardship.reconcilers }, createReconciler)
  const wake = (atMs: number, trigger: Trigger) => clock.at(atMs, () => random.pick(reconcilers)(trigger))
  for (let atMs = random.int(0, 59_000); atMs < endMs; atMs += 60_000) wake(atMs, tick)
  for (const { atMs } of history.slice(1)) {
    // Events come late, twice, out of order, or not at all.
    for (let count = random.int(0, 2); count > 0; count--) {
      const kind = random.pick(['started', 'completed'] as const)
      wake(atMs + random.int(0, 40_000), anEvent({ watch: kind, atMs }))
    }
  }
  clock.at(settledMs, () => {
    void whenCalm(court).then(complain)
    watchCalm = true
  })
  let watchCalm = false
  const writesBefore = () => frontDoor.calls.filter(call => call.atMs >= settledMs && writes.has(call.kind)).length
  await clock.run(clock.sleep(endMs))
  if (watchCalm && writesBefore() > 0) complain([`writes ${writesBefore()} times after all was calm`])
  complain(await whenCalm(court))
  return { shape, broken, told }
}

const writes = new Set(['register', 'deregister', 'setWeights', 'remember'])

const isSwap = (shape: Shape): boolean => shape === 'instance' || shape === 'cluster' || shape === 'hostname'

/** What is registered at the start: all is well. */
const furnish = ({ shape, frontDoor, truth }: Setting): void => {
  const { nodes, writer } = truth(0)
  const put = (ip: string, arn?: string) => frontDoor.put({ ip, port }, 'healthy', arn)
  if (shape === 'weighted') {
    const [first, ...others] = [writer, ...nodes.filter(node => node !== writer)]
    for (const [index, node] of [first, ...others].entries()) if (node && groups[index]) put(node.ip, groups[index])
    frontDoor.putWeights(
      listenerArn,
      groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: index === 0 ? 1 : 0 })),
    )
    return
  }
  const wanted = shape === 'reader' ? nodes.filter(node => node !== writer) : [writer]
  for (const { ip } of wanted) put(ip)
}

/** Others register what does not belong there. */
const meddle = ({ shape, frontDoor, truth, hardship, clock }: Setting, { meddled, told }: Meddling): void => {
  for (const [index, { atMs, isMember, group }] of hardship.strangers.entries()) {
    const { nodes } = truth(0)
    const ip = (isMember ? nodes[index % nodes.length]?.ip : undefined) ?? `10.0.9.${9 + index}`
    const put = () => {
      frontDoor.put({ ip, port }, 'healthy', shape === 'weighted' ? groups[group] : writerGroup)
      meddled.set(ip, clock.now())
      told.push(`${clock.now()} somebody registers ${ip} in ${group}`)
    }
    if (atMs === 0) put()
    else clock.at(atMs, put)
  }
}

interface Meddling {
  readonly meddled: Map<string, number>
  readonly told: string[]
}

/** What others registered may not be seen for so long. */
const unseenMs = 20_000

interface Watcher {
  readonly court: Court
  readonly complain: (complaints: readonly string[]) => void
  readonly told: string[]
}

/** Judges each write when it takes effect. */
const watch = ({ shape, frontDoor, clock, hardship }: Setting, { court, complain, told }: Watcher): void => {
  const { register, deregister, setWeights } = frontDoor
  const ips = (targets: readonly Target[]) => targets.map(({ ip }) => ip)
  const isMeddled = (ip: string) => clock.now() - (court.meddled.get(ip) ?? Number.NEGATIVE_INFINITY) < unseenMs
  /** With one reconciler, no write puts a second address behind weight, but for one that it could not have seen. */
  const serving = async (act: () => Promise<void>) => {
    const isJudged = shape === 'weighted' && hardship.reconcilers === 1
    const before = isJudged ? await servedAddresses(court) : []
    await act()
    const after = isJudged ? (await servedAddresses(court)).filter(ip => !isMeddled(ip)) : []
    if (after.length > 1 && after.some(ip => !before.includes(ip))) complain([`serves ${after}`])
  }
  Object.assign(frontDoor, {
    register: async (arn: string, targets: readonly Target[]) => {
      await serving(() => register(arn, targets))
      told.push(`${clock.now()} + ${ips(targets)} in ${arnsOf(shape).indexOf(arn)}`)
      complain(afterRegister(court, ips(targets)))
    },
    deregister: async (arn: string, targets: readonly Target[]) => {
      const before = await frontDoor.registrations(arn)
      await deregister(arn, targets)
      told.push(`${clock.now()} - ${ips(targets)} from ${arnsOf(shape).indexOf(arn)}`)
      const after = await frontDoor.registrations(arn)
      const emptiedMs = clock.now()
      if (isSwap(shape) && !after.some(isUsable))
        clock.at(emptiedMs + emptyAtMostMs, () => complain(staysEmpty(court, arn, emptiedMs)))
      complain(await afterDeregister(court, { arn, ips: ips(targets), before, after }))
    },
    setWeights: async (arn: string, weights: Parameters<typeof setWeights>[1]) => {
      let answer: Awaited<ReturnType<typeof setWeights>>
      await serving(async () => {
        answer = await setWeights(arn, weights)
      })
      told.push(`${clock.now()} = ${weights.map(({ weight }) => weight)}`)
      complain(afterWeights(weights))
      return answer
    },
  })
}
