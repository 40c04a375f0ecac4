import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'

/** What the parts of a database's paths are made from. Whatever CloudFormation knows only later is a token in it. */
export interface DatabaseModel extends DatabaseSettings {
  /** What physical names are made of; without it CloudFormation makes them. */
  readonly name: string | undefined
}

/** What a listener on a load balancer of another stack is made from. */
export interface SharedBalancer {
  readonly loadBalancerArn: string
  readonly securityGroupId: string
}

export interface FrontDoorModel extends DatabaseModel {
  /** Instead of a load balancer of its own. */
  readonly shared: { seenFrom(scope: Construct): SharedBalancer } | undefined
  readonly alarmActions: readonly IAlarmAction[]
  readonly role: IRole | undefined
  readonly logGroup: ILogGroup | undefined
}

/** A physical name as the property of a resource, where names are asked for. */
export const physical = <Property extends string>(
  { name }: Pick<DatabaseModel, 'name'>,
  property: Property,
  nameOf: (named: { readonly id: string }) => string,
): Partial<Record<Property, string>> =>
  name === undefined ? {} : ({ [property]: nameOf({ id: name }) } as Partial<Record<Property, string>>)
