import { Duration } from 'aws-cdk-lib'
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { RdsResourceGatewayProps } from '../rds-resource-gateway.ts'
import { alarmActionsOf, targetOf, vpcOf } from './front-door-of-settings.ts'
import type { DatabaseSettings } from './settings.ts'

/** A database's settings as the props of its resource gateway. What is imported leaves nothing in the template. */
export const gatewayPropsOf = (scope: Construct, database: DatabaseSettings): RdsResourceGatewayProps => {
  const imports = new Construct(scope, 'ImportedForGateway')
  const { gateway, id, allowedCidrs, vpcId } = database
  const { vpc, vpcSubnets } = vpcOf(imports, { vpcId, subnets: gateway.subnets })
  if (vpc === undefined) throw new Error(`${id} has no VPC for its resource gateway`)
  const group = gateway.databaseSecurityGroupId
  return {
    target: targetOf(database),
    name: id,
    vpc,
    ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
    ...(group ? { databaseSecurityGroup: SecurityGroup.fromSecurityGroupId(imports, 'Group', group) } : {}),
    by: gateway.target,
    ...(gateway.dnsResolution === undefined ? {} : { dnsResolution: gateway.dnsResolution }),
    addressesPerInterface: gateway.ipv4AddressesPerEni,
    principals: gateway.principals,
    allowExternalPrincipals: gateway.allowExternalPrincipals,
    ...(allowedCidrs === undefined ? {} : { allowedCidrs }),
    accessLogRetention: gateway.accessLogDays,
    alarmActions: alarmActionsOf(imports, database),
    dashboard: database.dashboard,
    ...(gateway.connectionEveryMinutes === undefined
      ? {}
      : { connectionEvery: Duration.minutes(gateway.connectionEveryMinutes) }),
  }
}
