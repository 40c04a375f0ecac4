import type { Template } from '../app.ts'

/**
 * What stands in the Terraform module's file where a template names a resource. The module puts its own names and ARNs
 * there.
 */

const account = '111122223333'
const home = `eu-west-1:${account}`
const balancing = `arn:aws:elasticloadbalancing:${home}`
const unique = '0123456789abcdef'

const groupArn = (name: string) => `${balancing}:targetgroup/${name}/${unique}`

/** Settings whose values can be told from everything else in a template. */
export const examples = {
  id: 'placeholder',
  endpoint: 'placeholder.example.com',
  eventBus: `arn:aws:events:${home}:event-bus/placeholder`,
  instance: `arn:aws:rds:${home}:db:placeholder`,
  cluster: `arn:aws:rds:${home}:cluster:placeholder`,
  proxy: `arn:aws:rds:${home}:db-proxy:prx-${unique}`,
  member: 'the-member',
  listener: `${balancing}:listener/net/placeholder/${unique}/${unique}`,
  loadBalancer: `${balancing}:loadbalancer/net/placeholder/${unique}`,
  groups: ['writer-1', 'writer-2'].map(groupArn),
  readers: groupArn('readers'),
} as const

/** The module puts any number of elements there. */
const lists = ['@target-groups', '@members', '@member-patterns', '@rules']

/** Longer texts first: the first that is found inside a text is replaced. */
const texts: readonly (readonly [text: string, placeholder: string])[] = [
  [examples.listener, '@listener'],
  [examples.eventBus, '@event-bus'],
  ...examples.groups.map(arn => [arn, '@target-groups'] as const),
  [examples.readers, '@readers'],
  [`arn:aws:rds::${account}:global-cluster:`, '@global-clusters'],
  [`arn:aws:rds:${home}:db:${examples.member}`, '@members'],
  [`arn:aws:rds:${home}:db:*`, '@instances'],
  [examples.instance, '@database'],
  [examples.cluster, '@database'],
  [examples.proxy, '@database'],
  [`arn:aws:rds:${home}:db-proxy:placeholder`, '@proxy-by-name'],
  [`targetgroup/readers/${unique}`, '@readers-name'],
  [`net/placeholder/${unique}`, '@load-balancer-name'],
  [`arn:aws:lambda:${home}:function:repoint-placeholder`, '@function'],
  ['repoint-placeholder', '@name'],
  ['placeholder', '@id'],
  [account, '@account'],
]

/** By the type of a resource and what is asked of it. */
const references: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function.Ref': '@name',
  'AWS::Lambda::Function.Arn': '@function',
  'AWS::Lambda::Alias.Ref': '@ticks',
  'AWS::Events::Rule.Arn': '@rules',
  'AWS::Logs::LogGroup.Arn': '@log-group',
  'AWS::Logs::LogGroup.Ref': '@log-group-name',
  'AWS::SQS::Queue.Arn': '@dead-letters',
  'AWS::SQS::Queue.QueueName': '@dead-letters-name',
  'AWS::Scheduler::ScheduleGroup.Arn': '@schedule-group',
  'AWS::IAM::Role.Arn': '@scheduler-role',
}

/** @throws Error where a template refers to something that the module has no name for. */
export const withPlaceholders = (template: Template, value: unknown): unknown => {
  if (typeof value === 'string') return inText(value)
  if (Array.isArray(value)) return withoutRepetition(value.map(it => withPlaceholders(template, it)))
  if (typeof value !== 'object' || value === null) return value
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>
  if (typeof ref === 'string') return named(template, ref, 'Ref')
  if (Array.isArray(attribute)) return named(template, String(attribute[0]), String(attribute[1]))
  if (Array.isArray(join)) {
    const [separator, parts] = join as [string, unknown[]]
    return inText(parts.map(part => withPlaceholders(template, part)).join(separator))
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => {
      const replaced = withPlaceholders(template, it)
      return [key, lists.includes(replaced as string) ? [replaced] : replaced]
    }),
  )
}

/** As a file for Terraform's `templatefile`. @throws Error where the text would mean something to it already. */
export const asTerraformTemplate = (value: unknown): string => {
  const text = JSON.stringify(value, undefined, 2)
  if (/[$%]\{/.test(text)) throw new Error('The text contains a sequence of Terraform’s templates')
  const name = (placeholder: string) => `\${${placeholder.slice(1).replaceAll('-', '_')}}`
  const withLists = lists.reduce((replaced, list) => replaced.replaceAll(`"${list}"`, name(list)), text)
  return `${withLists.replaceAll(/@[a-z]+(?:-[a-z0-9]+)*/g, name)}\n`
}

const inText = (text: string): string =>
  texts.reduce((replaced, [example, placeholder]) => replaced.replaceAll(example, placeholder), text)

/** Several target groups become one placeholder. */
const withoutRepetition = (list: readonly unknown[]): unknown[] =>
  list.filter((it, index) => list.findIndex(other => JSON.stringify(other) === JSON.stringify(it)) === index)

const named = (template: Template, logicalId: string, asked: string): string => {
  if (logicalId === 'AWS::Partition') return 'aws'
  if (logicalId === 'AWS::AccountId') return account
  if (logicalId === 'AWS::Region') return 'eu-west-1'
  // In the policy of the stack's helpers alone, which the module does not take over.
  if (logicalId === 'AWS::StackId') return '@stack'
  const type = template.Resources[logicalId]?.Type
  const placeholder = references[`${type}.${asked}`]
  if (placeholder === undefined)
    throw new Error(`The Terraform module has no name for ${asked} of ${type} (${logicalId})`)
  return placeholder
}
