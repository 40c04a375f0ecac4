import { Annotations, CfnOutput } from 'aws-cdk-lib'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { AccessLogSubscription } from './access-log-subscription.ts'
import { DatabaseRule } from './database-rule.ts'
import type { GatewayModel } from './gateway-model.ts'
import { ResourceConfiguration } from './resource-configuration.ts'
import { ResourceGateway } from './resource-gateway.ts'
import { ResourceShare } from './resource-share.ts'

export interface GatewayPath {
  readonly gateway: ResourceGateway
  readonly configurationArn: string
  /** Of its access log. */
  readonly logGroup: ILogGroup
}

/**
 * The path through a resource gateway, the same in every stage that has it. One thing of VPC Lattice after the other: its
 * API throttles two at once
 * (https://github.com/aws-samples/sample-vpc-lattice-multi-account-connectivity).
 */
export const addGatewayPath = (scope: Construct, database: GatewayModel): GatewayPath => {
  const gateway = new ResourceGateway(scope, 'ResourceGateway', database)
  const configuration = new ResourceConfiguration(scope, 'ResourceConfiguration', database, gateway.gatewayId)
  const rule = letGatewayIn(scope, database, gateway.securityGroupId)
  // Last in, first out: nobody ever reaches a database that does not let the gateway in.
  if (rule) configuration.node.addDependency(rule)
  const log = new AccessLogSubscription(scope, 'AccessLog', database, configuration.arn)
  if (database.gateway.principals.length > 0) {
    new ResourceShare(scope, 'ResourceShare', database, configuration.arn).node.addDependency(log)
  }
  new CfnOutput(scope, 'ResourceGatewayId', { value: gateway.gatewayId })
  new CfnOutput(scope, 'GatewaySecurityGroupId', {
    value: gateway.securityGroupId,
    description: 'Where the database sees its clients come from',
  })
  new CfnOutput(scope, 'ResourceConfigurationArn', {
    value: configuration.arn,
    description: 'What consumers connect to through the gateway',
  })
  new CfnOutput(scope, 'GatewayLogGroup', {
    value: log.logGroup.logGroupName,
    description: 'A record of each connection, with the address that it reached',
  })
  warnAboutReaders(scope, database)
  return { gateway, configurationArn: configuration.arn, logGroup: log.logGroup }
}

const letGatewayIn = (
  scope: Construct,
  database: GatewayModel,
  gatewaySecurityGroupId: string,
): DatabaseRule | undefined => {
  const { databaseSecurityGroupId } = database.gateway
  if (databaseSecurityGroupId !== false) {
    return new DatabaseRule(scope, 'DatabaseRule', { database, databaseSecurityGroupId, gatewaySecurityGroupId })
  }
  Annotations.of(scope).addWarningV2(
    'repoint:database-security-group',
    `${database.id}: the rule in the database’s security group is yours to make: inbound TCP ${database.port} from the gateway’s group (output GatewaySecurityGroupId). ` +
      'Without it every connection through the gateway hangs. Name the group in gateway.databaseSecurityGroupId, and the scope makes the rule.',
  )
  return undefined
}

const warnAboutReaders = (scope: Construct, database: GatewayModel) => {
  if (database.kind !== 'cluster' || database.gateway.target !== 'dns') return
  Annotations.of(scope).addWarningV2(
    'repoint:gateway-readers',
    `${database.id}: by name the gateway leads to the writer alone. Readers have a path through it with gateway.target arn, where AWS adds the reader endpoint itself.`,
  )
}
