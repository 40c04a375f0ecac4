import { describe, expect, it } from 'vitest'
import { type Applied, apply } from '../../functions/reconciler/apply.ts'
import type { Step } from '../../functions/reconciler/core/model.ts'
import { AwsError, type FrontDoor, TransientError } from '../../functions/reconciler/ports.ts'
import { listenerArn, one } from '../fakes/cluster-world.ts'
import { aWorld } from '../fakes/world.ts'
import { A, B, port, writerGroup } from './core/builders.ts'
import { deregisterA, registerB } from './rounds.ts'

const weights = [{ targetGroupArn: one, weight: 1 }]
const setWeights: Step = { kind: 'set-weights', listenerArn, weights }
const remember: Step = {
  kind: 'remember',
  targetGroupArn: writerGroup,
  pair: [{ ip: B, interfaceId: 'eni-b', subnetId: 'subnet-b' }],
}
const throttled = new TransientError('throttled', 'Rate exceeded')
const unreachable = new TransientError('unavailable', 'socket hang up')
const denied = new AwsError('access-denied', 'denied')
const defect = new TypeError('a defect')

/** Takes the steps where AWS answers some calls with an error. @returns what the log has, too. */
const taking = async (steps: readonly Step[], errors: Partial<Record<keyof FrontDoor, Error>> = {}) => {
  const world = aWorld({ dns: [] })
  for (const [kind, error] of Object.entries(errors)) world.frontDoor.failNext(kind as keyof FrontDoor, error)
  const applied = await apply(steps, world.ports)
  return { applied, calls: world.frontDoor.calls.map(({ kind, targets }) => [kind, ...targets]), log: world.log }
}
const none: Applied = { done: [], answers: [], uncertain: [], turnedAway: [], refused: [] }

describe('a step', () => {
  it.each<[string, Step, string[], Applied['answers']]>([
    ['that registers is one call', registerB, ['register', `${B}:${port}`], []],
    ['that deregisters is one call', deregisterA, ['deregister', `${A}:${port}`], []],
    [
      'that sets weights is one call, whose answer says them',
      setWeights,
      ['setWeights', '1'],
      [{ listenerArn, weights }],
    ],
    ['that remembers is one call', remember, ['remember', B], []],
  ])('%s', async (_what, step, call, answers) => {
    const { applied, calls, log } = await taking([step])
    expect(applied).toStrictEqual({ ...none, done: [step], answers })
    expect(calls).toEqual([call])
    expect(log).toEqual([{ message: 'Step done', fields: [step] }])
  })

  it('that sets weights may be answered without them', async () => {
    const { ports } = aWorld({ dns: [] })
    const frontDoor = { ...ports.frontDoor, setWeights: async () => undefined }
    expect(await apply([setWeights], { ...ports, frontDoor })).toEqual({ ...none, done: [setWeights] })
  })

  it.each<[string, Error, Partial<Applied>]>([
    [
      'is neither done nor uncertain where AWS asks to wait',
      throttled,
      { turnedAway: [registerB], hindrance: throttled },
    ],
    ['may be done where AWS does not answer', unreachable, { uncertain: [registerB], hindrance: unreachable }],
    ['is refused where AWS does not allow it', denied, { refused: [{ step: registerB, error: denied }] }],
    ['is refused where the call itself fails', defect, { refused: [{ step: registerB, error: defect }] }],
  ])('%s', async (_how, error, expected) => {
    const { applied, log } = await taking([registerB], { register: error })
    expect(applied).toStrictEqual({ ...none, ...expected })
    expect(log).toEqual([])
  })

  it('that fails leaves the others alone', async () => {
    const { applied } = await taking([registerB, setWeights, remember], { register: denied, remember: throttled })
    expect(applied).toStrictEqual({
      done: [setWeights],
      answers: [{ listenerArn, weights }],
      uncertain: [],
      turnedAway: [remember],
      refused: [{ step: registerB, error: denied }],
      hindrance: throttled,
    })
  })
})

it('nothing is done where nothing is due', async () => {
  expect((await taking([])).applied).toStrictEqual(none)
})
