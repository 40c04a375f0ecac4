import type { Cloud } from '../cloud/cloud.ts'
import type { DatabaseKind } from '../fixture.ts'
import { type FrontDoorPlan, frontDoorSettings } from '../template/front-door-plan.ts'
import { orderOf, type StackPair, type StageSettings, stacksAt } from '../template/migration-stacks.ts'

/** The stacks of a path through the stages, each made once. */
export interface Templates {
  deploy(cloud: Cloud, step: StageSettings): Promise<void>
  /**
   * What would be deployed. The first time makes them all: CDK takes the process for itself while it does, which no clock
   * of the lab would forgive in the middle of a play.
   */
  of(step: StageSettings): Promise<StackPair>
}

export const templatesFor = (kind: DatabaseKind, plan: FrontDoorPlan, steps: readonly StageSettings[]): Templates => {
  let pairs: Promise<ReadonlyMap<string, StackPair>> | undefined
  const synthesizeAll = async (): Promise<ReadonlyMap<string, StackPair>> => {
    const made = new Map<string, StackPair>()
    for (const step of steps) {
      const name = nameOf(step)
      if (!made.has(name)) made.set(name, await stacksAt(kind, step, frontDoorSettings(plan)))
    }
    return made
  }
  const of = async (step: StageSettings): Promise<StackPair> => {
    pairs ??= synthesizeAll()
    const pair = (await pairs).get(nameOf(step))
    if (!pair) throw new Error(`no templates were made for ${nameOf(step)}`)
    return pair
  }
  return {
    of,
    deploy: async (cloud, step) => {
      const pair = await of(step)
      for (const side of orderOf(step)) await cloud.deploy(side, pair[side])
    },
  }
}

const nameOf = ({ stage, from, percent }: StageSettings): string => `${from} ${stage} ${percent ?? ''}`
