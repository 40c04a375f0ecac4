import type { Template } from '../../infra/app/app.ts'
import type { Copy } from './terraform.ts'

/** What is deployed, in one form: read from a plan of the module and from a template of the CDK app. */
export type Deployed = Readonly<Record<string, unknown>>

export interface Planned {
  readonly modules: Readonly<Record<string, Deployed>>
  readonly outputs: Readonly<Record<string, unknown>>
}

type Values = Readonly<Record<string, unknown>>

interface PlannedResource {
  readonly type: string
  readonly name: string
  readonly values: Values
}

/** What stands at a path such as `target.0.input`; undefined where there is nothing. */
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((it, key) => (it as Values | undefined)?.[key], value)

const texts = (value: unknown, ...paths: readonly string[]): unknown[] => paths.map(path => at(value, path))

const listAt = (value: unknown, path: string): readonly unknown[] => (at(value, path) ?? []) as unknown[]

export const readPlan = (copy: Copy): Planned => {
  const must = (...args: string[]): string => {
    const { code, output, stdout } = copy.run(...args)
    if (code !== 0) throw new Error(`terraform ${args[0]}: ${output}`)
    return stdout
  }
  must('plan', '-refresh=false', '-out=plan')
  const { planned_values: planned } = JSON.parse(must('show', '-json', 'plan'))
  const modules = planned.root_module.child_modules as { address: string; resources: PlannedResource[] }[]
  const outputs = Object.entries(planned.outputs as Record<string, { value: unknown }>)
  return {
    modules: Object.fromEntries(modules.map(it => [it.address.replace('module.', ''), deployedBy(it.resources)])),
    outputs: Object.fromEntries(outputs.map(([name, { value }]) => [name, value])),
  }
}

/** Scalars as lists, and lists sorted: IAM reads both alike. */
const statements = (list: readonly unknown[]): Values[] =>
  list.map(statement =>
    Object.fromEntries(
      Object.entries(statement as Values).map(([key, value]) => [key, key === 'Sid' ? value : sorted(value)]),
    ),
  )

const sorted = (value: unknown): unknown => {
  if (typeof value === 'string' || Array.isArray(value)) return [value].flat().map(String).toSorted()
  return Object.fromEntries(Object.entries(value as Values).map(([key, it]) => [key, sorted(it)]))
}

const inJson = (json: unknown): Values[] => statements(listAt(JSON.parse(String(json)), 'Statement'))

/** Without what is undefined. */
const present = (values: Values): Deployed => JSON.parse(JSON.stringify(values))

const plannedLimits = ['maximum_event_age_in_seconds', 'maximum_retry_attempts']

const deployedBy = (resources: readonly PlannedResource[]): Deployed => {
  const all = (type: string, name?: string) =>
    resources.filter(it => it.type === type && (name === undefined || it.name === name)).map(it => it.values)
  const one = (type: string, name?: string) => all(type, name)[0]
  const lambda = one('aws_lambda_function')
  const schedule = one('aws_scheduler_schedule')
  const invocation = (name: string) => texts(one('aws_lambda_function_event_invoke_config', name), ...plannedLimits)
  return present({
    config: at(lambda, 'environment.0.variables.REPOINT_CONFIG'),
    function: {
      limits: texts(lambda, 'function_name', 'handler', 'memory_size', 'timeout', 'reserved_concurrent_executions'),
      architectures: at(lambda, 'architectures'),
      environment: Object.keys(at(lambda, 'environment.0.variables') as Values).toSorted(),
      logging: ['log_format', 'application_log_level', 'system_log_level'].map(it =>
        at(lambda, `logging_config.0.${it}`),
      ),
      subnets: listAt(lambda, 'vpc_config.0.subnet_ids').toSorted(),
    },
    logGroup: texts(one('aws_cloudwatch_log_group'), 'name', 'retention_in_days'),
    policy: inJson(at(one('aws_iam_role_policy', 'function'), 'policy')),
    events: invocation('events'),
    ticks: [at(one('aws_lambda_alias'), 'name'), ...invocation('ticks')],
    rules: Object.fromEntries(
      all('aws_cloudwatch_event_rule').map(it => [it.name, [it.description, JSON.parse(String(it.event_pattern))]]),
    ),
    ruleRetries: all('aws_cloudwatch_event_target').map(it => texts(at(it, 'retry_policy.0'), ...plannedLimits)),
    queue: texts(one('aws_sqs_queue'), 'name', 'message_retention_seconds'),
    queuePolicy: inJson(at(one('aws_sqs_queue_policy'), 'policy')),
    schedule: texts(schedule, 'name', 'group_name', 'schedule_expression', 'description', 'target.0.input'),
    scheduleRetries: texts(at(schedule, 'target.0.retry_policy.0'), ...plannedLimits),
    scheduler: [
      inJson(at(one('aws_iam_role', 'scheduler'), 'assume_role_policy')),
      inJson(at(one('aws_iam_role_policy', 'scheduler'), 'policy')),
    ],
    alarms: Object.fromEntries(all('aws_cloudwatch_metric_alarm').map(it => [it.alarm_name, plannedAlarm(it)])),
  })
}

const plannedAlarm = (alarm: Values) => ({
  what: texts(
    alarm,
    'alarm_description',
    'comparison_operator',
    'threshold',
    'evaluation_periods',
    'datapoints_to_alarm',
    'treat_missing_data',
  ),
  metric: texts(alarm, 'namespace', 'metric_name', 'period', 'statistic'),
  dimensions: alarm.dimensions ?? {},
  actions: [alarm.alarm_actions ?? [], alarm.ok_actions ?? []],
})

const limits = ['MaximumEventAgeInSeconds', 'MaximumRetryAttempts']

export const resourcesOf = (template: Template): Deployed => {
  const resolve = resolverOf(template)
  const all = (type: string) =>
    Object.values(template.Resources)
      .filter(it => it.Type === type)
      .map(it => resolve(it.Properties) as Values)
  const one = (type: string, containing = '') =>
    all(type).find(it => {
      const text = JSON.stringify(it)
      // The helpers of the stack, which the module does not have, may name the same.
      return text.includes(containing) && !text.includes('ReadOwnStack')
    })
  const lambda = one('AWS::Lambda::Function', 'REPOINT_CONFIG')
  const invocation = (isEvents: boolean) =>
    texts(
      all('AWS::Lambda::EventInvokeConfig').find(it => (it.DestinationConfig !== undefined) === isEvents),
      ...limits,
    )
  const schedule = one('AWS::Scheduler::Schedule')
  const policy = (type: string, containing = '', key = 'PolicyDocument') =>
    statements(listAt(one(type, containing), `${key}.Statement`))
  return present({
    config: at(lambda, 'Environment.Variables.REPOINT_CONFIG'),
    function: {
      limits: texts(lambda, 'FunctionName', 'Handler', 'MemorySize', 'Timeout', 'ReservedConcurrentExecutions'),
      architectures: at(lambda, 'Architectures'),
      environment: Object.keys(at(lambda, 'Environment.Variables') as Values).toSorted(),
      logging: ['LogFormat', 'ApplicationLogLevel', 'SystemLogLevel'].map(it => at(lambda, `LoggingConfig.${it}`)),
      subnets: listAt(lambda, 'VpcConfig.SubnetIds').toSorted(),
    },
    logGroup: [
      at(lambda, 'LoggingConfig.LogGroup'),
      at(one('AWS::Logs::LogGroup', String(at(lambda, 'FunctionName'))), 'RetentionInDays'),
    ],
    policy: policy('AWS::IAM::Policy', 'MoveTargets'),
    events: invocation(true),
    ticks: [at(one('AWS::Lambda::Alias'), 'Name'), ...invocation(false)],
    rules: Object.fromEntries(all('AWS::Events::Rule').map(it => [it.Name, [it.Description, it.EventPattern]])),
    ruleRetries: all('AWS::Events::Rule').map(it => texts(at(it, 'Targets.0.RetryPolicy'), ...limits)),
    queue: texts(one('AWS::SQS::Queue'), 'QueueName', 'MessageRetentionPeriod'),
    queuePolicy: mergedByRule(policy('AWS::SQS::QueuePolicy')),
    schedule: texts(schedule, 'Name', 'GroupName', 'ScheduleExpression', 'Description', 'Target.Input'),
    scheduleRetries: texts(at(schedule, 'Target.RetryPolicy'), ...limits),
    scheduler: [
      policy('AWS::IAM::Role', 'scheduler.amazonaws.com', 'AssumeRolePolicyDocument'),
      policy('AWS::IAM::Policy', ':tick'),
    ],
    alarms: Object.fromEntries(all('AWS::CloudWatch::Alarm').map(it => [it.AlarmName, synthesizedAlarm(it)])),
  })
}

const dimensionsOf = (list: unknown): Values | undefined =>
  list === undefined ? undefined : Object.fromEntries((list as Values[]).map(it => [it.Name, it.Value]))

const synthesizedAlarm = (alarm: Values) => ({
  what: texts(
    alarm,
    'AlarmDescription',
    'ComparisonOperator',
    'Threshold',
    'EvaluationPeriods',
    'DatapointsToAlarm',
    'TreatMissingData',
  ),
  metric: texts(alarm, 'Namespace', 'MetricName', 'Period', 'Statistic'),
  dimensions: dimensionsOf(alarm.Dimensions) ?? {},
  actions: [alarm.AlarmActions ?? [], alarm.OKActions ?? []],
})

/** CDK writes a statement for each rule, the module one for all. */
const mergedByRule = (list: readonly Values[]): readonly Values[] => {
  const isOfRule = (it: Values) => JSON.stringify(it).includes('aws:SourceArn')
  const [first, ...more] = list.filter(isOfRule)
  if (first === undefined) return list
  const { Sid: _, ...statement } = first
  const arns = [first, ...more].flatMap(it => (at(it, 'Condition.ArnEquals') as Values)['aws:SourceArn'])
  return [
    ...list.filter(it => !isOfRule(it)),
    { ...statement, Condition: { ArnEquals: { 'aws:SourceArn': arns.toSorted() } } },
  ]
}

const home = 'eu-west-1:111122223333'

/** Puts names and ARNs where a template refers to its own resources. */
const resolverOf = (template: Template) => {
  const named = (id: string, asked: string): string => {
    if (id === 'AWS::Partition') return 'aws'
    if (id === 'AWS::Region') return 'eu-west-1'
    if (id === 'AWS::AccountId') return '111122223333'
    const { Type: type = '', Properties: it = {} } = template.Resources[id] ?? {}
    const lambda = (name: unknown) => `arn:aws:lambda:${home}:function:${name}`
    const answers: Record<string, () => unknown> = {
      'AWS::Lambda::Function.Ref': () => it.FunctionName ?? id,
      'AWS::Lambda::Function.Arn': () => lambda(it.FunctionName ?? id),
      'AWS::Lambda::Alias.Ref': () => `${lambda(resolve(it.FunctionName))}:${it.Name}`,
      'AWS::SQS::Queue.Arn': () => `arn:aws:sqs:${home}:${it.QueueName}`,
      'AWS::SQS::Queue.QueueName': () => it.QueueName,
      'AWS::Logs::LogGroup.Ref': () => it.LogGroupName ?? id,
      'AWS::Logs::LogGroup.Arn': () => `arn:aws:logs:${home}:log-group:${it.LogGroupName ?? id}:*`,
      'AWS::Events::Rule.Arn': () => `arn:aws:events:${home}:rule/${it.Name}`,
      'AWS::Scheduler::ScheduleGroup.Arn': () => `arn:aws:scheduler:${home}:schedule-group/${it.Name}`,
    }
    return String(answers[`${type}.${asked}`]?.() ?? `${id}.${asked}`)
  }
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>
    if (typeof ref === 'string') return named(ref, 'Ref')
    if (Array.isArray(attribute)) return named(String(attribute[0]), String(attribute[1]))
    if (Array.isArray(join)) return join[1].map(resolve).join(join[0])
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, resolve(it)]))
  }
  return resolve
}
