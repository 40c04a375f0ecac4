import { BlockList, isIPv4 } from 'node:net'
import * as v from 'valibot'

/**
 * The one variable of the function, parsed once at cold start. Every problem is reported at once with path, value and
 * what is allowed.
 */

/** What an IPv4 target group accepts (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html). */
const registrableCidrs = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']

/**
 * An object with no other keys than these. Not `v.strictObject`: that reports only the first unknown key, and a missing
 * one without what is allowed there.
 */
const closed = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.custom<Record<string, unknown>>(isRecord, 'an object'),
    v.objectWithRest(entries, v.never(`one of ${Object.keys(entries).join(', ')}`), issue =>
      allowedAt(entries, issue),
    ) as unknown as v.ObjectSchema<Entries, undefined>,
  )

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const allowedAt = (entries: v.ObjectEntries, issue: v.BaseIssue<unknown>): string => {
  const entry = entries[String(issue.path?.at(-1)?.key)]
  return entry && 'message' in entry && typeof entry.message === 'string' ? entry.message : 'a value'
}

const wholeNumber = (what: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number(what),
    v.check(value => Number.isSafeInteger(value) && value >= least && value <= most, what),
  )

const millis = (what: string, least = 1) => wholeNumber(`${what} in milliseconds, a whole number from ${least}`, least)

const textWhere = (what: string, isValid: (value: string) => boolean) => v.pipe(v.string(what), v.check(isValid, what))

const isPresent = (value: string): boolean => value.length > 0

const portNumber = wholeNumber('a port, 1 to 65535', 1, 65_535)

const isHostName = (value: string): boolean => /^(?!-)[a-z0-9_.-]+\.[a-z0-9-]+$/i.test(value) && !isIPv4(value)

export const isCidr = (value: string): boolean => {
  const [ip = '', bits = '', ...rest] = value.split('/')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32
}

const isDnsServer = (value: string): boolean => {
  const [ip = '', port = '53', ...rest] = value.split(':')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535
}

const kinds = ['instance', 'cluster', 'proxy', 'hostname'] as const

/** The resource type that the ARN of each kind carries. A host name has none. */
const arnTypes = new Map<unknown, string>([
  ['instance', 'db'],
  ['cluster', 'cluster'],
  ['proxy', 'db-proxy'],
])

export const policyNames = ['paused', 'dry-run', 'add-only'] as const

const isRdsArn = (value: string): boolean => /^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:[a-z-]+:.+$/.test(value)

const isTargetGroupArn = (value: string): boolean =>
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/.test(value)

const databaseSchema = v.pipe(
  closed({
    kind: v.picklist(kinds, `one of ${kinds.join(', ')}`),
    id: textWhere('the database identifier', isPresent),
    arn: v.optional(textWhere('an RDS ARN', isRdsArn)),
    endpoint: textWhere('a host name with at least one dot', isHostName),
    port: portNumber,
  }),
  // A raw check: any other does not run while something else in the object is wrong, and problems then come one by one.
  v.rawCheck(({ dataset, addIssue }) => {
    const { kind, arn }: { kind?: unknown; arn?: unknown } = dataset.value ?? {}
    const type = arnTypes.get(kind)
    // Another problem of the ARN is reported by its own entry.
    const isSuitable = typeof arn === 'string' ? !isRdsArn(arn) || arn.split(':')[5] === type : arn !== undefined
    if (!type || isSuitable) return
    addIssue({
      message: `an RDS ARN of type ${type}, which kind ${kind} needs`,
      input: arn,
      path: [{ type: 'object', origin: 'value', input: { kind, arn }, key: 'arn', value: arn }],
    })
  }),
)

const listOf = <Item extends v.GenericSchema>(item: Item, what: string, least: 0 | 1) =>
  v.pipe(v.array(item, `a list of ${what}`), v.minLength(least, `a list of ${what}, at least ${least}`))

const isListenerArn = (value: string): boolean =>
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/net\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/.test(value)

const targetGroupArn = textWhere('the ARN of a target group', isTargetGroupArn)
const memberIds = v.optional(listOf(textWhere('an instance identifier', isPresent), 'instance identifiers', 0))
const flag = v.optional(v.boolean('true or false'))

const doorSchemas = {
  swap: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('swap', 'swap'),
    targetGroupArn,
    port: portNumber,
  }),
  standby: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('standby', 'standby'),
    targetGroupArn,
    port: portNumber,
  }),
  weighted: closed({
    role: v.literal('writer', 'writer'),
    strategy: v.literal('weighted', 'weighted'),
    listenerArn: textWhere('the ARN of a listener of a Network Load Balancer', isListenerArn),
    targetGroupArns: v.pipe(
      listOf(targetGroupArn, 'target groups', 1),
      v.check(
        arns => arns.length >= 2 && arns.length <= 5 && new Set(arns).size === arns.length,
        'two to five different target groups',
      ),
    ),
    port: portNumber,
    overlap: flag,
    exclude: memberIds,
  }),
  reader: closed({
    role: v.literal('reader', 'reader'),
    strategy: v.literal('swap', 'swap, the one strategy for readers'),
    targetGroupArn,
    port: portNumber,
    writerWhenAlone: flag,
    exclude: memberIds,
  }),
}

/** A door whose strategy cannot be told is held to the simplest. */
const anyDoor = closed({
  role: v.picklist(['writer', 'reader'], 'writer or reader'),
  strategy: v.picklist(['swap', 'standby', 'weighted'], 'swap, standby or weighted'),
  targetGroupArn,
  port: portNumber,
})

export type FrontDoorConfig = v.InferOutput<(typeof doorSchemas)[keyof typeof doorSchemas]>

const frontDoorSchema = v.lazy((input): v.GenericSchema<unknown, FrontDoorConfig> => {
  const { role, strategy } = Object(input) as { role?: unknown; strategy?: unknown }
  if (role === 'reader') return doorSchemas.reader
  const isKnown = role === 'writer' && (strategy === 'swap' || strategy === 'standby' || strategy === 'weighted')
  return isKnown ? doorSchemas[strategy] : (anyDoor as v.GenericSchema<unknown, FrontDoorConfig>)
})

/** The target groups of a front door. */
export const groupsOf = (door: FrontDoorConfig): readonly string[] =>
  door.strategy === 'weighted' ? door.targetGroupArns : [door.targetGroupArn]

interface DoorProblem {
  readonly index: number
  readonly key: string
  readonly value: unknown
  readonly message: string
}

/** What a front door asks of the database, and of the others. */
const doorProblems = (kind: string, frontDoors: readonly FrontDoorConfig[]): readonly DoorProblem[] => {
  const all = frontDoors.flatMap(groupsOf)
  return frontDoors.flatMap((door, index) => {
    const problems: DoorProblem[] = []
    const add = (key: string, value: unknown, message: string) => problems.push({ index, key, value, message })
    if (door.strategy === 'standby' && kind !== 'instance') {
      add('strategy', 'standby', 'swap or weighted: only a Multi-AZ instance has a standby that does not answer')
    }
    if (door.strategy === 'weighted' && kind !== 'cluster') {
      add('strategy', 'weighted', 'swap or standby: only a cluster has members')
    }
    if (door.role === 'reader' && kind !== 'cluster') add('role', 'reader', 'writer: only a cluster has readers')
    const shared = groupsOf(door).find(arn => all.indexOf(arn) !== all.lastIndexOf(arn))
    if (shared)
      add(door.strategy === 'weighted' ? 'targetGroupArns' : 'targetGroupArn', shared, 'a target group of its own')
    return problems
  })
}

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
    const { database, frontDoors } = dataset.value
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
