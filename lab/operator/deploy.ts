import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { StageProperties } from '../../infra/custom-resources/stage-decisions.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { type Deployment, readDeployment } from '../template/deployment.ts'
import type { Template } from '../template/intrinsics.ts'
import { hasFrontDoor } from '../template/provider-parts.ts'
import type { Side, Stacks } from '../template/synthesis.ts'
import { synthesizeBeside } from './synthesize-file.ts'

/** What a deployment is: the stacks that the settings file gives now, in the place of those that it gave before. */
export interface Deployer {
  /**
   * @param file another one than the settings file: somebody else's copy of it
   * @throws Error with what synthesis, or the deployed stage, refuses; nothing has been changed then
   */
  deploy(file?: string): Promise<void>
}

export interface DeployerOptions {
  readonly cloud: Cloud
  readonly settingsFile: string
  /** What stands at the beginning. */
  readonly deployed: Stacks
}

const nothing: Template = { Resources: {} }

/** Deploys the settings file again, as an operator does after a change of it. */
export const createDeployer = ({ cloud, settingsFile, deployed: first }: DeployerOptions): Deployer => {
  let deployed = first
  let frontDoor = deploymentIn(first.provider)
  const synthesized = rememberByText()
  const deploy = async (file: string): Promise<void> => {
    const next = await synthesized(await readFile(file, 'utf8'), () => synthesizeBeside(file))
    if (next.provider === undefined) throw new Error('the settings have no database orders: the lab keeps its stack')
    const sides = sidesInOrder(deployed, next)
    const before = deployed
    const frontDoorBefore = frontDoor
    // Before anything is changed: a stack's guard would stop its own, and the other one would have gone ahead.
    for (const side of sides) await refuse(cloud, side, before[side], next[side])
    for (const side of sides) {
      // Of a template that is the same nothing is written: what somebody has moved since stays where it is.
      if (isDeepStrictEqual(before[side], next[side])) continue
      await cloud.deploy(side, next[side] ?? nothing)
      deployed = { ...deployed, [side]: next[side] }
    }
    frontDoor = deploymentIn(next.provider)
    if (frontDoor && !isDeepStrictEqual(frontDoor, frontDoorBefore)) await cloud.redeploy(frontDoor)
  }
  let last: Promise<void> = Promise.resolve()
  return {
    deploy: (file = settingsFile) => {
      // One after the other, as a stack takes them.
      const mine = last.then(() => deploy(file))
      last = mine.catch(() => undefined)
      return mine
    },
  }
}

/** The same settings give the same stacks. */
const rememberByText = () => {
  const known = new Map<string, Stacks>()
  return async (text: string, make: () => Promise<Stacks>): Promise<Stacks> => {
    const stacks = known.get(text) ?? (await make())
    known.set(text, stacks)
    return stacks
  }
}

const deploymentIn = (template: Template | undefined): Deployment | undefined =>
  template && hasFrontDoor(template) ? readDeployment(template) : undefined

/** Forward the provider first, for the consumer to find what it connects to; backward, and at the end, last. */
const sidesInOrder = (before: Stacks, after: Stacks): readonly Side[] => {
  const [from, to] = [before, after].map(({ provider }) => progress(provider))
  const isForward = (to ?? 0) >= (from ?? 0) && to !== gone
  return isForward ? ['provider', 'consumer'] : ['consumer', 'provider']
}

const gone = 2

const progress = (template: Template | undefined): number => {
  if (template === undefined) return 0
  if (!hasFrontDoor(template)) return gone
  return Object.values(template.Resources).some(({ Type }) => Type === 'AWS::VpcLattice::ResourceGateway') ? 1 : 0
}

/**
 * What the stack's guard would say. It asks for new and open flows of the last hour too: the lab does not, since its hours
 * are short and its drills are many.
 */
const refuse = async (
  cloud: Cloud,
  side: Side,
  before: Template | undefined,
  after: Template | undefined,
): Promise<void> => {
  const { whyNotMove, whyNotReach, whyNotRetire } = await import('../../infra/custom-resources/stage-decisions.ts')
  const ResourceProperties = after && stagePropertiesOf(after)
  if (!ResourceProperties) return
  const OldResourceProperties = before && stagePropertiesOf(before)
  // CloudFormation asks a custom resource nothing whose properties are the same.
  if (isDeepStrictEqual(ResourceProperties, OldResourceProperties)) return
  const request = { ResourceProperties, ...(OldResourceProperties && { OldResourceProperties }) }
  const isEnd = side === 'provider' && ResourceProperties.Stage === 'retired' && OldResourceProperties !== undefined
  const live = side === 'consumer' ? liveWeights(cloud) : undefined
  const why =
    whyNotReach(request, before === undefined ? 'new' : 'nlb', live) ??
    (live && whyNotMove(request, live)) ??
    (isEnd ? whyNotRetire({ connections: connectionsLeft(cloud), newFlows: 0, activeFlows: 0 }) : undefined)
  if (why !== undefined) throw new Error(`${side}: ${why}`)
}

/** What CloudFormation would hand over are texts: references are told apart by what they refer to. */
const stagePropertiesOf = ({ Resources }: Template): StageProperties | undefined => {
  const properties = Object.values(Resources).find(({ Type }) => Type === 'Custom::RepointStage')?.Properties
  if (properties === undefined) return undefined
  const texts = Object.entries(properties).map(([key, it]) => [key, typeof it === 'string' ? it : JSON.stringify(it)])
  return Object.fromEntries(texts) as StageProperties
}

/** Of the consumer's two records, as they stand in its zone; nothing for one that is not there. */
export const liveWeights = ({ resources }: Cloud): { nlb?: number; gateway?: number } => {
  const records = resources.hostedZones.flatMap(zone => zone.records ?? [])
  const of = (setIdentifier: string) => records.find(record => record.setIdentifier === setIdentifier)?.weight
  const [nlb, gateway] = [of('repoint-nlb'), of('repoint-gateway')]
  return { ...(nlb === undefined ? {} : { nlb }), ...(gateway === undefined ? {} : { gateway }) }
}

/** Of consumers elsewhere: the lab's own is deployed before its provider. */
const connectionsLeft = ({ resources }: Cloud): string[] => {
  const own = resources.vpcEndpoints.map(({ id }) => id)
  return resources.endpointServices
    .flatMap(({ connections }) => connections)
    .filter(({ endpointId, state }) => state !== 'rejected' && !own.includes(endpointId))
    .map(({ endpointId, state, owner }) => `${endpointId} (${state}, of account ${owner})`)
}
