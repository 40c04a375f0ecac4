import type { DatabaseEntry } from './database-fields.ts'
import { readArn } from './database-fields.ts'
import { type Complaint, ofConsumerFields, ofDatabaseFields, type Rule, unless } from './settings-rule.ts'

/** What the file names beside the database: resources that have to be in its account or Region. */

const placeOf = (arn: string) => {
  const [, , , region = '', account = ''] = arn.split(':')
  return { region, account }
}

/** A load balancer's parts are the function's to change, with permissions of its own account. */
const sameAccount = (at: string, value: string | undefined, arn: string): readonly Complaint[] => {
  if (value === undefined) return []
  const { region, account } = readArn(arn)
  const found = placeOf(value)
  const isSame = found.region === region && found.account === account
  return isSame ? [] : [{ at, value, allowed: `one of the database’s account and Region, ${account} in ${region}` }]
}

const sameRegion = (at: string, value: string | undefined, arn: string, why: string): readonly Complaint[] => {
  if (value === undefined || !value.startsWith('arn:')) return []
  const { region } = readArn(arn)
  return placeOf(value).region === region
    ? []
    : [{ at, value, allowed: `one in ${region}, the database’s Region: ${why}` }]
}

const doorProblems = ({ frontDoor: door, readers, arn }: Pick<DatabaseEntry, 'frontDoor' | 'readers' | 'arn'>) => {
  if (arn === undefined || door.kind !== 'existing') return []
  return [
    ...sameAccount('frontDoor.targetGroupArn', door.targetGroupArn, arn),
    ...(door.targetGroupArns ?? []).flatMap((it, index) => sameAccount(`frontDoor.targetGroupArns.${index}`, it, arn)),
    ...sameAccount('frontDoor.listenerArn', door.listenerArn, arn),
    ...sameAccount('frontDoor.loadBalancerArn', door.loadBalancerArn, arn),
    ...sameAccount('readers.targetGroupArn', readers?.targetGroupArn, arn),
  ]
}

export const referenceRules: readonly Rule[] = [
  ofDatabaseFields(['frontDoor', 'readers', 'arn'], doorProblems),
  ofDatabaseFields(['alarms', 'arn'], ({ alarms, arn }) =>
    arn === undefined
      ? []
      : alarms.topicArns.flatMap((it, index) =>
          sameRegion(`alarms.topicArns.${index}`, it, arn, 'an alarm notifies no topic of another one'),
        ),
  ),
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  ofDatabaseFields(['alarms'], ({ alarms }) =>
    unless(alarms.topicArns.length <= 5, 'alarms.topicArns', 'at most five: an alarm has no more actions'),
  ),
  ofDatabaseFields(['eventBus', 'arn'], ({ eventBus, arn }) =>
    arn === undefined ? [] : sameRegion('eventBus', eventBus, arn, 'events are put into a bus of the same Region'),
  ),
  ofDatabaseFields(['exposure', 'arn'], ({ exposure, arn }) =>
    arn === undefined
      ? []
      : sameRegion('exposure.notificationTopicArn', exposure?.notificationTopicArn, arn, 'so is the endpoint service'),
  ),
  ofDatabaseFields(['exposure'], ({ exposure }) =>
    unless(
      exposure?.acceptanceRequired !== false ||
        !exposure.allowedPrincipals.includes('*') ||
        exposure.openToEveryAccount === true,
      'exposure.allowedPrincipals',
      'named principals, acceptanceRequired, or openToEveryAccount: with * and no acceptance every AWS account may connect',
    ),
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
