import * as v from 'valibot'
import { databaseSchema } from './config/database.ts'
import { doorProblems, frontDoorSchema } from './config/front-doors.ts'
import { defaultProof, ownerProof, whyNotProof } from './config/owner-proof.ts'
import { busName, closed, databaseNetwork, dnsServer, fullListOf, listOf } from './config/values.ts'
import { memory, policy, settleProblems, settleSchema, watchSchema } from './config/watching.ts'

/**
 * The one variable of the function, parsed once at cold start. Every problem is reported at once with path, value and
 * what is allowed. A deployment parses with the same before it is synthesized.
 */

/** What an IPv4 target group accepts (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html). */
export const registrableCidrs = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

/** What a deployment's settings say in the very words of the configuration. */
export const settingsParts = {
  allowedCidrs: fullListOf(databaseNetwork, 'networks'),
  ownerProof,
  settle: settleSchema,
  watch: watchSchema,
  rememberMs: memory,
  policies: listOf(policy, 'policies'),
  eventBus: busName,
  dnsServers: listOf(dnsServer, 'DNS servers'),
} as const

const configSchema = v.pipe(
  closed({
    database: databaseSchema,
    frontDoors: fullListOf(frontDoorSchema, 'front doors'),
    allowedCidrs: v.optional(settingsParts.allowedCidrs, registrableCidrs),
    ownerProof: v.optional(settingsParts.ownerProof),
    settle: v.optional(settingsParts.settle, {}),
    watch: v.optional(settingsParts.watch, {}),
    rememberMs: v.optional(settingsParts.rememberMs, 300_000),
    policies: v.optional(settingsParts.policies, []),
    eventBus: v.optional(settingsParts.eventBus, 'default'),
    dnsServers: v.optional(settingsParts.dnsServers, []),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { database, frontDoors, settle, watch, ownerProof: proof } = dataset.value
    const unsuitable = proof && whyNotProof(database.kind, proof)
    if (unsuitable) addIssue({ message: unsuitable, input: proof, path: pathTo(dataset.value, 'ownerProof') })
    for (const { key, message } of settleProblems(settle, watch)) {
      addIssue({ message, input: settle[key], path: pathTo(dataset.value, 'settle', key) })
    }
    for (const { index, key, value, message } of doorProblems(database.kind, frontDoors)) {
      addIssue({ message, input: value, path: pathTo(dataset.value, 'frontDoors', index, key) })
    }
  }),
  v.transform(({ ownerProof: proof, ...config }) => ({
    ...config,
    ownerProof: proof ?? defaultProof(config.database.kind),
  })),
)

/** Where a check between parts complains. */
const pathTo = (input: object, ...keys: readonly (string | number)[]) =>
  keys.map(key => ({ type: 'object', origin: 'value', input, key, value: undefined })) as unknown as [
    v.IssuePathItem,
    ...v.IssuePathItem[],
  ]

export type Config = Readonly<v.InferOutput<typeof configSchema>>

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(source: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    super(`${source} has ${count}:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * `source` is the name that the error gives to where `text` came from. The value is frozen throughout.
 * @throws ConfigError naming every problem at once.
 */
export const parseConfig = (source: string, text: string | undefined): Config => {
  if (!text) throw new ConfigError(source, ['is not set: expected the configuration as JSON'])
  const parsed = v.safeParse(configSchema, parseJson(source, text))
  if (!parsed.success) throw new ConfigError(source, [...new Set(parsed.issues.map(describeIssue))])
  return deepFreeze(parsed.output)
}

const parseJson = (source: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConfigError(source, [`is not JSON: ${(error as Error).message}`])
  }
}

const describeIssue = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? '(top level)'
  const isUnknown = issue.expected === 'never'
  const received =
    issue.input === undefined ? 'missing' : `${isUnknown ? 'unknown setting, ' : ''}got ${shown(issue.input)}`
  return `${path}: ${received}, expected ${issue.message}`
}

const shown = (value: unknown): string => {
  const json = JSON.stringify(value)
  return json.length > 200 ? `${json.slice(0, 199)}…` : json
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
