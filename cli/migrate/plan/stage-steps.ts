import { consumerStackName } from '../../../infra/app/settings/resource-names.ts'
import type { Origin, Stage } from '../../../infra/app/settings/stages.ts'
import type { ConsumerSettings } from '../../../infra/app/settings.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import { isBackward, originOf, pathTo, providerStageFor } from './next.ts'

/** What to do, healthy: an edit of the settings, a command, or something to look at. */
export interface Step {
  readonly do: 'edit' | 'run' | 'look'
  readonly text: string
}

export interface StepOptions {
  /** As on the command line: `-d orders --consumer analytics`. */
  readonly arguments: string
}

const edit = (text: string): Step => ({ do: 'edit', text })
const run = (text: string): Step => ({ do: 'run', text })
const look = (text: string): Step => ({ do: 'look', text })

/** Everything between here and a stage that the table of transitions allows. */
export const stepsTo = (facts: MigrationFacts, to: Stage, options: StepOptions): readonly Step[] => {
  const { consumer, provider, consumerSide } = facts
  const providerAt = originOf(provider.standing)
  if (providerAt === undefined) return []
  const forProvider = providerSteps(facts, providerAt, providerStageFor(facts, to) ?? to)
  const from = consumerSide && originOf(consumerSide.standing)
  if (consumer === undefined || from === undefined) return forProvider
  const repoint = (command: string) => run(`repoint migrate ${command} ${options.arguments}`)
  const parts: Parts = { facts, consumer, from, forProvider, repoint }
  if (to === 'nlb') return toNlb(parts)
  if (isBackward(from, to)) return back(parts, to)
  if (to === 'shadow') return toShadow(parts)
  return to === 'retired' ? toRetired(parts) : toShare(parts, to)
}

interface Parts {
  readonly facts: MigrationFacts
  readonly consumer: ConsumerSettings
  /** The consumer's stage. */
  readonly from: Origin
  readonly forProvider: readonly Step[]
  readonly repoint: (command: string) => Step
}

const deployOf = (consumer: ConsumerSettings, why: string): Step =>
  run(`npx cdk deploy ${consumerStackName(consumer)}   # ${why}`)

const inItsAccount = "in the consumer's account"
const toAgree = `${inItsAccount}, so that the stack agrees: it changes no weight, and the next stage asks for it`

/** The consumer's settings, where they do not say it already, and its deployment. */
const deployConsumer = (
  consumer: ConsumerSettings,
  change: { readonly stage: Stage; readonly from: Origin; readonly [more: string]: string },
): Step[] => {
  const { stage, from } = consumer.gateway
  const isSaid = stage === change.stage && from === change.from
  return [
    ...(isSaid ? [] : [edit(`consumers, ${consumer.name}: "gateway": ${spaced(change)}`)]),
    deployOf(consumer, inItsAccount),
  ]
}

const toNlb = ({ consumer, from, forProvider }: Parts): readonly Step[] => {
  if (from !== 'shadow') return [...forProvider, ...deployConsumer(consumer, { stage: 'nlb', from })]
  return [
    ...deployConsumer(consumer, { stage: 'nlb', from: 'shadow' }),
    look('every other consumer of this database is at nlb, too'),
    ...forProvider,
  ]
}

const toShadow = ({ facts, consumer, from, forProvider, repoint }: Parts): readonly Step[] => {
  const { configuration } = facts.provider
  const resourceConfigurationArn =
    configuration.kind === 'known'
      ? configuration.value.arn
      : "<output ResourceConfigurationArn of the provider's stack>"
  const hasReaders = consumer.readerPort !== undefined && facts.database.kind === 'cluster'
  const readerHostname = consumer.gateway.readerHostname ?? "<the cluster's reader endpoint>"
  const change = { stage: 'shadow', from, resourceConfigurationArn, ...(hasReaders ? { readerHostname } : {}) } as const
  return [
    repoint('preflight'),
    ...forProvider,
    ...(from === 'shadow' ? [] : deployConsumer(consumer, change)),
    look(`${consumer.dnsName ?? consumer.hostname} still resolves to the interface endpoint in the consumer's VPC`),
    repoint('preflight'),
    repoint('verify'),
  ]
}

/** The weights are moved by command, and the settings with them; a deployment afterwards finds them so. */
const toShare = ({ consumer, from, forProvider, repoint }: Parts, to: Stage): readonly Step[] => {
  const share = to === 'gateway' ? '100' : '5'
  const { readerPort, port } = consumer
  const { readerHostname } = consumer.gateway
  return [
    repoint('verify'),
    ...(from === 'shadow' && readerPort !== undefined && readerHostname !== undefined
      ? [
          look(
            `the readers' clients have moved from port ${readerPort} to ${readerHostname}:${port}: no weight moves them`,
          ),
        ]
      : []),
    ...forProvider,
    repoint(`shift ${share}`),
    repoint(`shift ${share} --apply`),
    repoint('watch'),
    ...(to === 'gateway' ? [] : [look('raise the share (shift 25, shift 50) as long as watch stays quiet')]),
    deployOf(consumer, toAgree),
    ...(to === 'gateway' ? [repoint('verify --drill')] : []),
  ]
}

/** The command edits the settings of both sides, one after the other. */
const toRetired = ({ facts, consumer, from, repoint }: Parts): readonly Step[] => {
  const providerAt = originOf(facts.provider.standing) ?? 'gateway'
  return [
    ...(providerAt === 'gateway' ? [] : providerSteps(facts, providerAt, 'gateway')),
    ...(from === 'retired'
      ? []
      : [repoint('retire'), repoint('retire --apply'), deployOf(consumer, `${inItsAccount}, before the provider's`)]),
    look(
      'every other consumer of this database is retired, too; `repoint migrate retire` counts connections and flows',
    ),
    repoint('retire --apply'),
    run(`npx cdk deploy ${facts.database.stackId}`),
  ]
}

const back = ({ consumer, repoint }: Parts, to: Stage): readonly Step[] => {
  const command = to === 'shadow' ? 'rollback' : 'shift 50'
  return [repoint(command), repoint(`${command} --apply`), deployOf(consumer, toAgree)]
}

/** The provider's stack, one deployment for each stage that lies between. */
const providerSteps = ({ database }: MigrationFacts, from: Origin, to: Stage): Step[] =>
  (pathTo(from, to) ?? []).flatMap((stage, index, path) => {
    const before = path[index - 1] ?? from
    const isSaid = database.gateway.stage === stage && database.gateway.from === before
    return [
      ...(isSaid
        ? []
        : [edit(`databases, ${database.id}: "gateway": ${spaced({ stage, from: before })} beside what is there`)]),
      run(`npx cdk deploy ${database.stackId}`),
    ]
  })

const spaced = (value: object): string =>
  `{ ${Object.entries(value)
    .map(([key, it]) => `"${key}": ${JSON.stringify(it)}`)
    .join(', ')} }`
