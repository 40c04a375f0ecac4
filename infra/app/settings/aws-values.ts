import * as v from 'valibot'
import { matching, refusingLists, wholeNumber } from '../../../functions/reconciler/config/values.ts'

/** The values of repoint.json that the function never sees: one pattern and one sentence of what is allowed for each. */

/** An object of any keys; a list is none, which `v.record` would take for one without a word. */
export const recordOf = <const Key extends v.GenericSchema<string, string>, const Value extends v.GenericSchema>(
  key: Key,
  value: Value,
  what: string,
): v.RecordSchema<Key, Value, string> => refusingLists(v.record(key, value, what))

export const between = (least: number, most: number, what: string) =>
  wholeNumber(`${what}, a whole number from ${least} to ${most}`, least, most)

/** Part of stack, function and alarm names; every RDS identifier is one. */
export const shortName = matching(
  /^[a-z](?:[a-z0-9]|-(?!-)){0,62}$/,
  'a name of 1 to 63 lower-case letters, digits and single hyphens, a letter first',
)

export const accountId = matching(/^\d{12}$/, 'an AWS account id of 12 digits')

export const regionName = matching(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'an AWS Region such as eu-west-1')

export const vpcId = matching(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0a1b2c3d4e5f60718')

export const subnetId = matching(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0a1b2c3d4e5f60718')

export const securityGroupId = matching(/^sg-[0-9a-f]{8,17}$/, 'a security group id such as sg-0a1b2c3d4e5f60718')

export const zoneName = matching(/^[a-z]{2,4}(-[a-z]+)+-\d[a-z]$/, 'an Availability Zone such as eu-west-1a')

/** The same everywhere, while `eu-west-1a` is another place in every account. */
export const zoneId = matching(/^[a-z][a-z-]{1,9}\d-az\d{1,2}$/, 'a zone id such as euw1-az1')

export const hostedZoneId = matching(/^Z[0-9A-Z]{1,31}$/, 'a hosted zone’s id such as Z0123456789ABCDEFGHIJ')

export const networkLoadBalancerArn = matching(
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/net\/[^/]+\/[0-9a-f]+$/,
  'the ARN of a Network Load Balancer',
)

export const topicArn = matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/, 'the ARN of an SNS topic')

export const principalArn = matching(
  /^(\*|arn:aws[a-z-]*:iam::\d{12}:(root|role\/.+|user\/.+))$/,
  'the ARN of an account root, role or user, or *',
)

export const serviceName = matching(
  /^(com|cn\.com|eu)\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]+$/,
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

export const policyArn = matching(
  /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[A-Za-z0-9+=,.@_/-]+$/,
  'the ARN of a managed policy',
)

export const roleArn = matching(/^arn:aws[a-z-]*:iam::\d{12}:role\/[A-Za-z0-9+=,.@_/-]+$/, 'the ARN of a role')

export const rolePath = matching(/^\/([!-~]{1,509}\/)?$/, 'a path such as /platform/, with a slash at both ends')

export const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  'the ARN of a KMS key (not of an alias)',
)
