import { networks } from '../../../functions/reconciler/config/values.ts'
import { sharedName } from './complete.ts'
import type { DatabaseEntry } from './database-fields.ts'
import { whereOf } from './database-fields.ts'
import { type Complaint, ofConsumerFields, ofDatabaseFields, type Rule, unless } from './settings-rule.ts'
import type { Subnet } from './subnet-fields.ts'

/** What the file names beside the database: resources that have to be in its account or Region. */

const placeOf = (arn: string) => {
  const [, , , region = '', account = ''] = arn.split(':')
  return { region, account }
}

type Where = ReturnType<typeof whereOf>

const whereabouts = ['arn', 'account', 'region'] as const

/** A load balancer's parts are the function's to change, with permissions of its own account. */
const sameAccount = (at: string, value: string | undefined, { account, region }: Where): readonly Complaint[] => {
  if (value === undefined) return []
  const found = placeOf(value)
  const isSame = [undefined, found.region].includes(region) && [undefined, found.account].includes(account)
  const place = [account, region].filter(it => it !== undefined).join(' in ')
  return isSame ? [] : [{ at, value, allowed: `one of the database’s account and Region, ${place}` }]
}

const sameRegion = (
  at: string,
  value: string | undefined,
  region: string | undefined,
  why: string,
): readonly Complaint[] => {
  if (region === undefined || value === undefined || !value.startsWith('arn:')) return []
  return placeOf(value).region === region
    ? []
    : [{ at, value, allowed: `one in ${region}, the database’s Region: ${why}` }]
}

const doorProblems = ({
  frontDoor: door,
  readers,
  ...entry
}: Pick<DatabaseEntry, 'frontDoor' | 'readers' | 'arn' | 'account' | 'region'>) => {
  if (door.kind !== 'existing') return []
  const where = whereOf(entry)
  return [
    ...sameAccount('frontDoor.targetGroupArn', door.targetGroupArn, where),
    ...(door.targetGroupArns ?? []).flatMap((it, index) =>
      sameAccount(`frontDoor.targetGroupArns.${index}`, it, where),
    ),
    ...sameAccount('frontDoor.listenerArn', door.listenerArn, where),
    ...sameAccount('frontDoor.loadBalancerArn', door.loadBalancerArn, where),
    ...sameAccount('readers.targetGroupArn', readers?.targetGroupArn, where),
  ]
}

interface Exposed {
  readonly exposure?: DatabaseEntry['exposure']
  /** Of the endpoint service. */
  readonly region?: string | undefined
}

/** Of an endpoint service, whosever load balancer it is in front of. */
export const exposureProblems = ({ exposure, region }: Exposed): readonly Complaint[] => {
  const { privateDnsName = '', privateDnsZone, notificationTopicArn } = exposure ?? {}
  const isInside = privateDnsZone === undefined || `.${privateDnsName}`.endsWith(`.${privateDnsZone.name}`)
  const isOpen = exposure?.acceptanceRequired === false && exposure.allowedPrincipals.includes('*')
  return [
    ...sameRegion('exposure.notificationTopicArn', notificationTopicArn, region, 'so is the endpoint service'),
    ...unless(
      !isOpen || exposure.openToEveryAccount === true,
      'exposure.allowedPrincipals',
      'named principals, acceptanceRequired, or openToEveryAccount: with * and no acceptance every AWS account may connect',
    ),
    ...unless(isInside, 'exposure.privateDnsZone', 'the public zone that privateDnsName is in'),
  ]
}

export const addressProblems = ({
  subnets = [],
}: {
  readonly subnets?: readonly Subnet[] | undefined
}): readonly Complaint[] =>
  subnets.flatMap(({ cidr, address }, index) =>
    unless(
      cidr === undefined || address === undefined || networks([cidr])(address),
      `subnets.${index}.address`,
      'an address inside the subnet’s own cidr',
    ),
  )

export const referenceRules: readonly Rule[] = [
  ofDatabaseFields(['frontDoor', 'readers', ...whereabouts], doorProblems),
  ofDatabaseFields(['alarms', ...whereabouts], ({ alarms, ...entry }) =>
    alarms.topicArns.flatMap((it, index) => {
      const { region } = whereOf(entry)
      return sameRegion(`alarms.topicArns.${index}`, it, region, 'an alarm notifies no topic of another one')
    }),
  ),
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  ofDatabaseFields(['alarms'], ({ alarms }) =>
    unless(alarms.topicArns.length <= 5, 'alarms.topicArns', 'at most five: an alarm has no more actions'),
  ),
  ofDatabaseFields(['eventBus', ...whereabouts], ({ eventBus, ...entry }) =>
    sameRegion('eventBus', eventBus, whereOf(entry).region, 'events are put into a bus of the same Region'),
  ),
  ofDatabaseFields(['exposure', 'frontDoor', ...whereabouts], ({ exposure, frontDoor, ...entry }) =>
    sharedName(frontDoor) === undefined ? exposureProblems({ exposure, region: whereOf(entry).region }) : [],
  ),
  ofConsumerFields(['serviceName', 'serviceRegion', 'region'], ({ serviceName, serviceRegion, region }) => {
    const [, found] = /vpce\.([a-z0-9-]+)\.vpce-svc/.exec(serviceName ?? '') ?? []
    const wanted = serviceRegion ?? region
    return unless(
      found === undefined || wanted === undefined || found === wanted,
      serviceRegion === undefined ? 'serviceName' : 'serviceRegion',
      `${serviceRegion === undefined ? `a service in ${wanted}, or serviceRegion ${found}` : `${found}, which the service’s name says`}`,
    )
  }),
]
