import { successes } from '../../custom-resources/seed-run.ts'
import { codeElsewhere, synthesize, type Template } from '../app.ts'
import { stackName } from '../settings/resource-names.ts'
import { examples, withPlaceholders } from './placeholders.ts'

/**
 * What the Terraform module takes over from the CDK app: policies, event patterns, alarms, limits of the function. All of
 * it is read out of synthesized templates, so that neither states anything that the other does not.
 */

type Properties = Readonly<Record<string, unknown>>

const front = { swap: 1, standby: 1, weighted: 2 } as const
type Strategy = keyof typeof front

interface Case {
  readonly kind: 'instance' | 'cluster' | 'proxy' | 'hostname'
  readonly strategy?: Strategy
  readonly hasReaders?: boolean
  readonly engine?: string
  readonly isInVpc?: boolean
  readonly ownerProof?: 'off'
}

const subnetIds = ['subnet-0a1b2c3d4e5f60711']

const made = new Map<string, Template>()

/** The template of a database behind a front door of the user's own. */
const templateOf = (it: Case): Template => {
  const key = JSON.stringify(it)
  const template = made.get(key) ?? makeTemplate(it)
  made.set(key, template)
  return template
}

const makeTemplate = ({ kind, strategy = 'swap', ...more }: Case): Template => {
  const targetGroups = examples.groups.slice(0, front[strategy])
  const { engine = 'postgres', isInVpc = false, hasReaders = false, ownerProof } = more
  const entry = {
    id: examples.id,
    kind,
    endpoint: examples.endpoint,
    engine,
    ...(kind === 'hostname' ? { region: 'eu-west-1', account: '111122223333' } : { arn: examples[kind] }),
    ...(kind === 'cluster' ? { members: [examples.member] } : {}),
    eventBus: examples.eventBus,
    frontDoor: {
      kind: 'existing',
      strategy,
      loadBalancerArn: examples.loadBalancer,
      ...(strategy === 'weighted'
        ? { listenerArn: examples.listener, targetGroupArns: targetGroups }
        : { targetGroupArn: targetGroups[0] }),
    },
    ...(ownerProof === undefined ? {} : { ownerProof }),
    ...(hasReaders ? { readers: { targetGroupArn: examples.readers } } : {}),
    ...(isInVpc ? { vpcId: 'vpc-0a1b2c3d4e5f60718', network: { mode: 'in-vpc', subnetIds } } : {}),
  }
  const { templates } = synthesize({ settings: { databases: [entry] }, code: codeElsewhere })
  const template = templates[stackName(examples)]
  if (template === undefined) throw new Error('No stack was synthesized')
  return template
}

/** Of every resource of a type, the properties that are asked for. */
const all = (template: Template, type: string, keys: readonly string[]): Properties[] =>
  Object.values(template.Resources)
    .filter(resource => resource.Type === type)
    .map(({ Properties: properties = {} }) =>
      Object.fromEntries(keys.map(key => [key, withPlaceholders(template, properties[key])])),
    )

interface Asked {
  readonly type: string
  readonly keys: readonly string[]
  /** Where there are several of the type: only this one has the text. */
  readonly containing?: string
}

const only = (template: Template, { type, keys, containing = '' }: Asked): Properties => {
  const [found, ...others] = all(template, type, keys).filter(it => {
    const text = JSON.stringify(it)
    // The helpers of the stack, which the module does not have, may name the same.
    return text.includes(containing) && !text.includes('ReadOwnStack')
  })
  if (found === undefined || others.length > 0) throw new Error(`Not exactly one ${type} with "${containing}"`)
  return found
}

const statementsOf = (template: Template, type: string, containing: string): readonly Properties[] => {
  const key = type === 'AWS::IAM::Role' ? 'AssumeRolePolicyDocument' : 'PolicyDocument'
  return (only(template, { type, keys: [key], containing })[key] as { readonly Statement: Properties[] }).Statement
}

const functionStatements = (it: Case): readonly unknown[] =>
  statementsOf(templateOf(it), 'AWS::IAM::Policy', 'MoveTargets')

/** What Lambda needs in a VPC, beyond what it needs outside. */
const networkStatements = (it: Case): readonly unknown[] => {
  const outside = functionStatements(it).map(statement => JSON.stringify(statement))
  return functionStatements({ ...it, isInVpc: true }).filter(inside => !outside.includes(JSON.stringify(inside)))
}

const rules = (it: Case): unknown =>
  Object.fromEntries(
    all(templateOf(it), 'AWS::Events::Rule', ['Name', 'Description', 'EventPattern']).map(({ Name, ...rule }) => [
      String(Name).replace('@name-', ''),
      // A pattern asks for members in its own form.
      JSON.parse(JSON.stringify(rule).replaceAll('"@members"', '"@member-patterns"')),
    ]),
  )

const alarmKeys = [
  'AlarmName',
  'AlarmDescription',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluationPeriods',
  'MetricName',
  'Metrics',
  'Namespace',
  'Period',
  'Statistic',
  'Threshold',
  'TreatMissingData',
]

const alarms = (it: Case): unknown =>
  Object.fromEntries(
    all(templateOf(it), 'AWS::CloudWatch::Alarm', alarmKeys).map(({ AlarmName, ...alarm }) => [
      String(AlarmName).replace('@name-', ''),
      alarm,
    ]),
  )

/** One rule's statement stands for all: they differ by their name and the rule. */
const queueStatements = (template: Template): unknown[] => {
  const statements = statementsOf(template, 'AWS::SQS::QueuePolicy', '').map(({ Sid, ...it }) => JSON.stringify(it))
  return [...new Set(statements)].map(it => JSON.parse(it))
}

const limits = ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']

/** How long Lambda keeps an event: one that wakes the function, and a tick of the schedule. */
const patience = (template: Template) => {
  const { Targets } = all(template, 'AWS::Events::Rule', ['Targets'])[0] ?? {}
  const type = 'AWS::Lambda::EventInvokeConfig'
  return {
    rule: (Targets as Properties[])[0]?.RetryPolicy,
    events: only(template, { type, keys: [...limits, 'DestinationConfig'], containing: '@dead-letters' }),
    ticks: all(template, type, [...limits, 'DestinationConfig']).find(it => it.DestinationConfig === undefined),
  }
}

const schedule = (template: Template) => {
  const keys = ['Name', 'Description', 'ScheduleExpression', 'Target']
  const { Target, ...rest } = only(template, { type: 'AWS::Scheduler::Schedule', keys })
  const { Input, RetryPolicy } = Target as Properties
  return {
    ...rest,
    Input,
    RetryPolicy,
    trust: statementsOf(template, 'AWS::IAM::Role', 'scheduler.amazonaws.com'),
    statements: statementsOf(template, 'AWS::IAM::Policy', '"Resource":"@ticks"'),
  }
}

const functionKeys = [
  'Architectures',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'ReservedConcurrentExecutions',
  'Runtime',
  'Timeout',
]

export const terraformContract = (): Properties => {
  const template = templateOf({ kind: 'cluster', strategy: 'weighted', hasReaders: true })
  const seed = only(template, {
    type: 'Custom::RepointSeed',
    keys: ['AcceptedReasons', 'Config'],
    containing: '"Config"',
  })
  return {
    function: only(template, {
      type: 'AWS::Lambda::Function',
      keys: functionKeys,
      containing: 'ReservedConcurrentExecutions',
    }),
    tickAlias: only(template, { type: 'AWS::Lambda::Alias', keys: ['Name'] }).Name,
    patience: patience(template),
    schedule: schedule(template),
    queue: {
      ...only(template, { type: 'AWS::SQS::Queue', keys: ['MessageRetentionPeriod'] }),
      statements: queueStatements(template),
    },
    firstRegistration: { outcomes: successes, reasons: seed.AcceptedReasons },
    policies: Object.fromEntries(policyCases.map(it => [nameOf(it), functionStatements(it)])),
    networkPolicies: Object.fromEntries(policyCases.map(it => [nameOf(it), networkStatements(it)])),
    rules: {
      instance: rules({ kind: 'instance' }),
      cluster: rules({ kind: 'cluster' }),
      aurora: rules({ kind: 'cluster', engine: 'aurora-postgresql' }),
      proxy: rules({ kind: 'proxy' }),
      hostname: rules({ kind: 'hostname' }),
    },
    alarms: alarms({ kind: 'cluster', strategy: 'weighted', hasReaders: true }),
  }
}

type PolicyCase = Case & { readonly strategy: Strategy }

const nameOf = ({ kind, strategy, hasReaders, ownerProof }: PolicyCase): string =>
  [kind, strategy, ...(hasReaders ? ['readers'] : []), ...(ownerProof === undefined ? [] : [ownerProof])].join('-')

const provable: readonly PolicyCase[] = [
  { kind: 'instance', strategy: 'swap' },
  { kind: 'instance', strategy: 'standby' },
  { kind: 'cluster', strategy: 'swap' },
  { kind: 'cluster', strategy: 'swap', hasReaders: true },
  { kind: 'cluster', strategy: 'weighted' },
  { kind: 'cluster', strategy: 'weighted', hasReaders: true },
]

const policyCases: readonly PolicyCase[] = [
  ...provable,
  ...provable.map(it => ({ ...it, ownerProof: 'off' as const })),
  { kind: 'proxy', strategy: 'swap' },
  { kind: 'hostname', strategy: 'swap' },
]
