import { BlockList, isIPv4 } from 'node:net'
import * as v from 'valibot'

/**
 * The one variable of the function, parsed once at cold start. Every problem is reported at once with path, value and
 * what is allowed.
 */

const defaults = {
  /** What an IPv4 target group accepts (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html). */
  allowedCidrs: ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'],
}

const positive = (what: string) =>
  v.pipe(v.number(`${what}, a whole number`), v.integer(`${what}, a whole number`), v.minValue(1, `${what}, at least 1`))

const portNumber = v.pipe(
  v.number('a port, 1 to 65535'),
  v.integer('a port, 1 to 65535'),
  v.minValue(1, 'a port, 1 to 65535'),
  v.maxValue(65_535, 'a port, 1 to 65535'),
)

const hostName = v.pipe(v.string('a host name'), v.regex(/^(?!-)[a-z0-9_.-]+\.[a-z0-9-]+$/i, 'a host name with at least one dot'))

export const isCidr = (text: string): boolean => {
  const [ip, bits, ...rest] = text.split('/')
  return rest.length === 0 && isIPv4(ip ?? '') && /^\d{1,2}$/.test(bits ?? '') && Number(bits) <= 32
}
const cidr = v.pipe(v.string('an IPv4 network such as 10.0.0.0/16'), v.check(isCidr, 'an IPv4 network such as 10.0.0.0/16'))

const dnsServer = v.pipe(
  v.string('an address or address:port'),
  v.regex(/^(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?$/, 'an address or address:port'),
)

const kinds = ['instance', 'cluster', 'proxy', 'hostname'] as const
export const policyNames = ['paused', 'dry-run', 'add-only'] as const

const rdsArn = v.pipe(v.string('an RDS ARN'), v.regex(/^arn:aws[a-z-]*:rds:[a-z0-9-]*:\d{12}:[a-z-]+:.+$/, 'an RDS ARN'))

const databaseSchema = v.pipe(
  v.strictObject({
    kind: v.picklist(kinds, `one of ${kinds.join(', ')}`),
    id: v.pipe(v.string('the database identifier'), v.minLength(1, 'the database identifier')),
    arn: v.optional(rdsArn),
    endpoint: hostName,
    port: portNumber,
  }),
  v.forward(
    v.partialCheck([['kind'], ['arn']], database => database.kind === 'hostname' || database.arn !== undefined, 'an RDS ARN (only kind hostname has none)'),
    ['arn'],
  ),
)

const frontDoorSchema = v.strictObject({
  role: v.picklist(['writer'], 'writer'),
  strategy: v.picklist(['swap'], 'swap'),
  targetGroupArn: v.pipe(
    v.string('the ARN of a target group'),
    v.regex(/^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/, 'the ARN of a target group'),
  ),
  port: portNumber,
})

const configSchema = v.strictObject({
  database: databaseSchema,
  frontDoors: v.pipe(v.array(frontDoorSchema, 'a list of front doors'), v.minLength(1, 'at least one front door')),
  allowedCidrs: v.optional(v.pipe(v.array(cidr, 'a list of networks'), v.minLength(1, 'at least one network')), defaults.allowedCidrs),
  settle: v.optional(
    v.strictObject({
      answers: v.optional(positive('how many answers must agree'), 3),
      intervalMs: v.optional(positive('milliseconds between two looks'), 1000),
      spanMs: v.optional(v.pipe(v.number('milliseconds over which they agree'), v.integer('milliseconds over which they agree'), v.minValue(0, '0 or more milliseconds')), 6000),
    }),
    {},
  ),
  watch: v.optional(
    v.strictObject({
      startedMs: v.optional(positive('milliseconds'), 300_000),
      completedMs: v.optional(positive('milliseconds'), 60_000),
      rebootMs: v.optional(positive('milliseconds'), 30_000),
      healthyMs: v.optional(positive('milliseconds'), 360_000),
    }),
    {},
  ),
  policies: v.optional(v.array(v.picklist(policyNames, `one of ${policyNames.join(', ')}`), 'a list of policies'), []),
  eventBus: v.optional(v.pipe(v.string('the name or ARN of an event bus'), v.minLength(1, 'the name or ARN of an event bus')), 'default'),
  dnsServers: v.optional(v.array(dnsServer, 'a list of DNS servers'), []),
})

export type Config = Readonly<v.InferOutput<typeof configSchema>>
export type Policy = (typeof policyNames)[number]

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(source: string, problems: readonly string[]) {
    super(`${source} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** @throws ConfigError naming every problem at once. */
export const parseConfig = (source: string, text: string | undefined): Config => {
  if (!text) throw new ConfigError(source, ['is not set: expected the configuration as JSON'])
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ConfigError(source, [`is not JSON: ${(error as Error).message}`])
  }
  const parsed = v.safeParse(configSchema, json)
  if (!parsed.success) throw new ConfigError(source, parsed.issues.map(describeIssue))
  return Object.freeze(parsed.output)
}

const describeIssue = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? '(top level)'
  if (issue.expected === 'never') return `${path}: unknown setting`
  return `${path}: ${issue.input === undefined ? 'missing' : `got ${JSON.stringify(issue.input)}`}, expected ${issue.message}`
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
