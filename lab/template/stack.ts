import { configVariable } from '../../functions/reconciler/names.ts'
import * as fixture from '../fixture.ts'
import { type Answer, readStack, type Stack, type Template } from './intrinsics.ts'

/** The stack of a database in the lab's account: what AWS would answer for its resources. */
export interface DatabaseStack extends Stack {
  /** Where its load balancer is declared: itself, or a stack that databases share. */
  readonly balancer: Stack
  readonly listenerArn: (index: number) => string | undefined
  readonly functionId: string
  readonly functionName: string
  readonly functionArn: string
  readonly groupArn: (logicalId: string) => string | undefined
}

/** Looked at by nobody in the lab: any name will do. */
const nameless = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::Scheduler::ScheduleGroup',
])

export const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': fixture.region,
  'AWS::AccountId': fixture.account,
  'AWS::StackId': `arn:aws:cloudformation:${fixture.region}:${fixture.account}:stack/Repoint/lab`,
  'AWS::URLSuffix': 'amazonaws.com',
}

/** What AWS would call the parts of a database's front door. */
export interface DoorNames {
  readonly targetGroupArns: readonly string[]
  readonly readersGroupArn?: string
  readonly listenerArns: readonly string[]
}

export interface OpenTemplateOptions {
  /** Of `orders` by default. */
  readonly names?: DoorNames
  /** The stack of the load balancer, where databases share one. */
  readonly shared?: Template
}

export const openTemplate = (
  template: Template,
  { names = fixture, shared }: OpenTemplateOptions = {},
): DatabaseStack => {
  const functionId = onlyKey(template, 'AWS::Lambda::Function', properties =>
    JSON.stringify(properties.Environment ?? {}).includes(configVariable),
  )
  const functionName = String(template.Resources[functionId]?.Properties?.FunctionName ?? functionId)
  const functionArn = fixture.functionArn(functionName)
  const listenerIds = keysOf(template, 'AWS::ElasticLoadBalancingV2::Listener')
  const [writers = [], readers = []] = listenerIds.map(id => groupsOf(template, id))
  const groupArns = new Map([
    ...writers.map((id, index) => [id, names.targetGroupArns[index]] as const),
    ...readers.map(id => [id, names.readersGroupArn] as const),
  ])
  const imports = shared === undefined ? {} : exportsOf(shared)
  const answer: Answer = ({ logicalId, type }, attribute) => {
    if (type === 'pseudo parameter') return pseudoParameters[logicalId] ?? imports[logicalId]
    if (type === 'AWS::Lambda::Function' && logicalId === functionId) return attribute ? functionArn : functionName
    if (type === 'AWS::Lambda::Alias') return `${functionArn}:${template.Resources[logicalId]?.Properties?.Name}`
    if (type === 'AWS::ElasticLoadBalancingV2::TargetGroup') return groupArns.get(logicalId)
    if (type === 'AWS::ElasticLoadBalancingV2::Listener') return names.listenerArns[listenerIds.indexOf(logicalId)]
    if (type === 'AWS::ElasticLoadBalancingV2::LoadBalancer') return fixture.loadBalancer.arn
    return nameless.has(type) ? logicalId : undefined
  }
  const own = readStack(template, answer)
  return {
    ...own,
    balancer: shared === undefined ? own : readStack(shared, answerOfShared(shared)),
    listenerArn: index => names.listenerArns[index],
    functionId,
    functionName,
    functionArn,
    groupArn: logicalId => groupArns.get(logicalId),
  }
}

/** Of the stack that has the load balancer and its security group. */
const answerOfShared =
  ({ Resources }: Template): Answer =>
  ({ logicalId }) => {
    const type = Resources[logicalId]?.Type
    if (type === 'AWS::ElasticLoadBalancingV2::LoadBalancer') return fixture.loadBalancer.arn
    return type === 'AWS::EC2::SecurityGroup' ? fixture.networkNames.balancerGroup : pseudoParameters[logicalId]
  }

/** What the stack exports, by name. */
const exportsOf = (shared: Template): Readonly<Record<string, unknown>> => {
  const answer = answerOfShared(shared)
  return Object.fromEntries(
    Object.values(shared.Outputs ?? {}).flatMap(({ Value, Export }) => {
      const { Ref, 'Fn::GetAtt': attribute } = Value as { Ref?: string; 'Fn::GetAtt'?: [string, string] }
      const logicalId = Ref ?? attribute?.[0] ?? ''
      return Export === undefined ? [] : [[Export.Name, answer({ logicalId, type: '' })]]
    }),
  )
}

const keysOf = (template: Template, type: string): string[] =>
  Object.entries(template.Resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []))

const onlyKey = (
  template: Template,
  type: string,
  isMeant: (properties: Readonly<Record<string, unknown>>) => boolean,
): string => {
  const [found, ...more] = keysOf(template, type).filter(id => isMeant(template.Resources[id]?.Properties ?? {}))
  if (found !== undefined && more.length === 0) return found
  throw new Error(`the template has ${found ? more.length + 1 : 'no'} ${type} that the lab could run`)
}

/** The target groups that a listener refers to, in the order of its actions. */
const groupsOf = (template: Template, listenerId: string): string[] => {
  const groupIds = keysOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')
  const actions = JSON.stringify(template.Resources[listenerId]?.Properties?.DefaultActions ?? [])
  const referred = [...actions.matchAll(/"Ref":"([^"]+)"/g)].map(([, id = '']) => id)
  return referred.filter(id => groupIds.includes(id))
}
