import { BlockList, isIPv4 } from 'node:net'
import * as v from 'valibot'

/**
 * The values of the configuration: one pattern, and one sentence of what is allowed, for each. The settings of a
 * deployment (`repoint.json`) are made of the same, so that neither accepts what the other refuses.
 */

/**
 * An object with no other keys than these; a list is none. Not `v.strictObject`: that reports only the first unknown key,
 * and a missing one without what is allowed there.
 */
export const closed = <const Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, string> => {
  const keys = `one of ${Object.keys(entries).join(', ')}`
  return refusingLists(
    v.objectWithRest(entries, v.never(keys), issue => allowedAt(entries, issue)) as unknown as v.ObjectSchema<
      Entries,
      string
    >,
  )
}

/** The same schema; to the library a list is an object, too. */
export const refusingLists = <const Schema extends v.GenericSchema>(schema: Schema): Schema => ({
  ...schema,
  '~run'(dataset, config) {
    if (!Array.isArray(dataset.value)) return schema['~run'](dataset, config)
    v._addIssue(schema, 'type', dataset, config)
    return dataset as unknown as v.FailureDataset<v.InferIssue<Schema>>
  },
})

/** Of the object itself, or of one of its keys that is missing. */
const allowedAt = (entries: v.ObjectEntries, { path }: v.BaseIssue<unknown>): string => {
  const entry = entries[String(path?.at(-1)?.key)]
  if (entry === undefined || !('message' in entry)) return path === undefined ? 'an object' : 'a value'
  return typeof entry.message === 'string' ? entry.message : 'an object'
}

export const wholeNumber = (what: string, least: number, most: number) =>
  v.pipe(v.number(what), v.integer(what), v.minValue(least, what), v.maxValue(most, what))

/** Nothing in the function lasts longer than Lambda lets it run. */
const longestMs = 900_000

export const millis = (what: string, least = 1) =>
  wholeNumber(`${what} in milliseconds, a whole number from ${least} to ${longestMs}`, least, longestMs)

export const matching = (pattern: RegExp, what: string) => v.pipe(v.string(what), v.regex(pattern, what))

export const textWhere = (what: string, isValid: (value: string) => boolean) =>
  v.pipe(v.string(what), v.check(isValid, what))

export const listOf = <const Item extends v.GenericSchema>(item: Item, what: string) =>
  v.array(item, `a list of ${what}`)

export const fullListOf = <const Item extends v.GenericSchema>(item: Item, what: string) =>
  v.pipe(listOf(item, what), v.minLength(1, `a list of ${what}, at least 1`))

export const flag = v.boolean('true or false')

export const portNumber = wholeNumber('a port, 1 to 65535', 1, 65_535)

/** Not an address, whose last part has no letter: a fixed one never moves, and there would be nothing to follow. */
export const hostName = matching(
  /^(?!-)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]+$/,
  'a host name with at least one dot, not an address',
)

const isCidr = (value: string): boolean => {
  const [ip = '', bits = '', ...rest] = value.split('/')
  return rest.length === 0 && isIPv4(ip) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32
}

export const network = textWhere('an IPv4 network such as 10.0.0.0/16', isCidr)

/** This network, loopback, link-local, multicast, reserved (https://www.iana.org/assignments/iana-ipv4-special-registry). */
const nobodys = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']

/** Tells whether an address is inside the networks. */
export const networks = (cidrs: readonly string[]): ((ip: string) => boolean) => {
  const list = new BlockList()
  for (const text of cidrs) {
    const [ip = '', bits] = text.split('/')
    list.addSubnet(ip, Number(bits), 'ipv4')
  }
  return ip => list.check(ip, 'ipv4')
}

/** Of two networks one is inside the other, or they have nothing in common. */
export const overlaps = (one: string, other: string): boolean =>
  networks([one])(addressOf(other)) || networks([other])(addressOf(one))

const addressOf = (cidr: string): string => cidr.split('/')[0] ?? ''

const isOneOfYours = (cidr: string): boolean =>
  !isCidr(cidr) || (Number(cidr.split('/')[1]) >= 8 && !nobodys.some(other => overlaps(cidr, other)))

/** One that a database may be in: neither half the internet nor a network that no database has an address of. */
export const databaseNetwork = v.pipe(
  network,
  v.check(isOneOfYours, 'a network of yours, /8 or smaller, and not loopback, link-local, multicast or reserved'),
)

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const addressPattern = `${octet}(\\.${octet}){3}`

export const address = matching(new RegExp(`^${addressPattern}$`), 'an IPv4 address')

const isPort = (text: string): boolean => Number(text) >= 1 && Number(text) <= 65_535
const anAddressOrWithPort = 'an IPv4 address, or address:port'

export const dnsServer = v.pipe(
  matching(new RegExp(`^${addressPattern}(:\\d{1,5})?$`), anAddressOrWithPort),
  v.check(value => isPort(value.split(':')[1] ?? '53'), anAddressOrWithPort),
)

/** One member of a cluster, by its whole identifier. */
export const memberId = matching(/^[A-Za-z][A-Za-z0-9-]*$/, 'a DB instance identifier')

export const busName = matching(
  /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[A-Za-z0-9._/-]{1,256}$/,
  'the name or ARN of an event bus',
)

export const rdsArn = matching(
  /^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:(db|cluster|db-proxy):[A-Za-z0-9.-]+$/,
  'the ARN of a DB instance, a DB cluster or a DB proxy',
)

export const targetGroupArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/,
  'the ARN of a target group',
)

export const listenerArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/net\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/,
  'the ARN of a listener of a Network Load Balancer',
)
