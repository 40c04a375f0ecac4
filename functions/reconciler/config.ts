import { BlockList } from 'node:net'
import * as v from 'valibot'
import { databaseSchema } from './config/database.ts'
import { doorProblems, frontDoorSchema } from './config/front-doors.ts'
import { closed, isCidr, isDnsServer, isPresent, listOf, millis, textWhere, wholeNumber } from './config/words.ts'

/**
 * The one variable of the function, parsed once at cold start. Every problem is reported at once with path, value and
 * what is allowed.
 */

/** What an IPv4 target group accepts (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html). */
const registrableCidrs = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

export const policyNames = ['paused', 'dry-run', 'add-only'] as const

const cidr = textWhere('an IPv4 network such as 10.0.0.0/16', isCidr)
const dnsServer = textWhere('an IPv4 address, or address:port', isDnsServer)

const configSchema = v.pipe(
  closed({
    database: databaseSchema,
    frontDoors: listOf(frontDoorSchema, 'front doors', 1),
    allowedCidrs: v.optional(listOf(cidr, 'networks', 1), registrableCidrs),
    settle: v.optional(
      closed({
        answers: v.optional(wholeNumber('how many answers must agree, a whole number from 1', 1), 3),
        intervalMs: v.optional(millis('time between two looks'), 1000),
        spanMs: v.optional(millis('time over which answers agree', 0), 6000),
      }),
      {},
    ),
    watch: v.optional(
      closed({
        startedMs: v.optional(millis('a duration'), 300_000),
        completedMs: v.optional(millis('a duration'), 60_000),
        rebootMs: v.optional(millis('a duration'), 30_000),
        healthyMs: v.optional(millis('a duration'), 360_000),
      }),
      {},
    ),
    policies: v.optional(listOf(v.picklist(policyNames, `one of ${policyNames.join(', ')}`), 'policies', 0), []),
    eventBus: v.optional(textWhere('the name or ARN of an event bus', isPresent), 'default'),
    dnsServers: v.optional(listOf(dnsServer, 'DNS servers', 0), []),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { database, frontDoors, settle, watch } = dataset.value
    if (watch.completedMs > 0 && settle.spanMs >= watch.completedMs) {
      const key = { type: 'object' as const, origin: 'value' as const, input: {} }
      const path = [
        { ...key, key: 'settle', value: settle },
        { ...key, key: 'spanMs', value: settle.spanMs },
      ] as const
      addIssue({
        message: 'less than watch.completedMs, or nothing ever settles',
        input: settle.spanMs,
        path: [...path],
      })
    }
    for (const { index, key, value, message } of doorProblems(database.kind, frontDoors)) {
      const list = {
        type: 'object' as const,
        origin: 'value' as const,
        input: {},
        key: 'frontDoors',
        value: frontDoors,
      }
      const item = {
        type: 'array' as const,
        origin: 'value' as const,
        input: frontDoors,
        key: index,
        value: frontDoors[index],
      }
      addIssue({ message, input: value, path: [list, item, { ...list, key, value }] })
    }
  }),
)

export type Config = Readonly<v.InferOutput<typeof configSchema>>
export type Policy = (typeof policyNames)[number]

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
  if (!parsed.success) throw new ConfigError(source, parsed.issues.map(describeIssue))
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

/** Tells whether an address is inside the networks. */
export const networks = (cidrs: readonly string[]): ((ip: string) => boolean) => {
  const list = new BlockList()
  for (const text of cidrs) {
    const [ip = '', bits] = text.split('/')
    list.addSubnet(ip, Number(bits), 'ipv4')
  }
  return ip => list.check(ip, 'ipv4')
}
