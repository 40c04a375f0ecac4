import * as v from 'valibot'
import { isCidr } from './networks.ts'

/**
 * An object with no other keys than these. Not `v.strictObject`: that reports only the first unknown key, and a missing
 * one without what is allowed there.
 */
export const closed = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.objectWithRest(entries, v.never(), issue => {
    const entry = entries[String(issue.path?.at(-1)?.key)]
    return entry && 'message' in entry && typeof entry.message === 'string' ? entry.message : 'a value'
  }) as unknown as v.StrictObjectSchema<Entries, undefined>

/** The scalar words of repoint.json: one pattern and one sentence of what is allowed for each. */

export const matching = (pattern: RegExp, allowed: string) => v.pipe(v.string(allowed), v.regex(pattern, allowed))

export const wholeNumber = (min: number, max: number, what: string) => {
  const allowed = `${what}, a whole number from ${min} to ${max}`
  return v.pipe(v.number(allowed), v.integer(allowed), v.minValue(min, allowed), v.maxValue(max, allowed))
}

export const flag = v.boolean('true or false')

export const listOf = <const Item extends v.GenericSchema>(item: Item, allowed: string) => v.array(item, allowed)

export const portNumber = wholeNumber(1, 65_535, 'a port')

/** Part of stack, function and alarm names; every RDS identifier is one. */
export const shortName = matching(
  /^[a-z](?:[a-z0-9]|-(?!-)){0,62}$/,
  'a name of 1 to 63 lower-case letters, digits and single hyphens, a letter first',
)

export const hostName = matching(/^(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i, 'a host name with at least one dot')

const notANetwork = 'an IPv4 network such as 10.0.0.0/16'
export const network = v.pipe(v.string(notANetwork), v.check(isCidr, notANetwork))

export const address = matching(/^(\d{1,3}\.){3}\d{1,3}$/, 'an IPv4 address')

export const accountId = matching(/^\d{12}$/, 'an AWS account id of 12 digits')

export const regionName = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS Region such as eu-west-1')

export const vpcId = matching(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0a1b2c3d4e5f60718')

export const subnetId = matching(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0a1b2c3d4e5f60718')

export const securityGroupId = matching(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0a1b2c3d4e5f60718')

export const zoneName = matching(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'an Availability Zone such as eu-west-1a')

/** The same everywhere, while `eu-west-1a` is another place in every account. */
export const zoneId = matching(/^[a-z]{3,4}\d-az\d$/, 'a zone id such as euw1-az1')

export const rdsArn = matching(
  /^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:(db|cluster|db-proxy):[A-Za-z0-9-]+$/,
  'the ARN of a DB instance, a DB cluster or a DB proxy',
)

export const targetGroupArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/]+\/[0-9a-f]+$/,
  'the ARN of a target group',
)

export const networkLoadBalancerArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/net\/[^/]+\/[0-9a-f]+$/,
  'the ARN of a Network Load Balancer',
)

export const listenerArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/net\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/,
  'the ARN of a listener of a Network Load Balancer',
)

export const topicArn = matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, 'the ARN of an SNS topic')

export const principalArn = matching(
  /^(\*|arn:aws[a-z-]*:iam::\d{12}:(root|role\/.+|user\/.+))$/,
  'the ARN of an account root, role or user, or *',
)

export const serviceName = matching(
  /^com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]+$/,
  'an endpoint service name such as com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
)

export const resourceConfigurationArn = matching(
  /^arn:aws[a-z-]*:vpc-lattice:[a-z0-9-]+:\d{12}:resourceconfiguration\/rcfg-[0-9a-z]+$/,
  'the ARN of a resource configuration',
)

/** Whom RAM shares a resource configuration with: not with users or roles. */
export const sharePrincipal = matching(
  /^(\d{12}|arn:aws[a-z-]*:organizations::\d{12}:(organization|ou)\/[a-z0-9/-]+)$/,
  'an account id, or the ARN of an organization or of one of its units',
)

/** A member's identifier, or the beginning of several: `orders-*`. */
export const memberName = matching(
  /^[a-z][a-z0-9-]*\*?$/,
  'a DB instance identifier, or the beginning of several such as orders-*',
)

/** One member, by its whole identifier. */
export const memberId = matching(/^[a-z][a-z0-9-]*$/, 'a DB instance identifier')

export const busName = matching(
  /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[A-Za-z0-9._/-]{1,256}$/,
  'the name or ARN of an event bus',
)

export const dnsServer = matching(/^(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?$/, 'an address or address:port')
