import { Annotations, CfnOutput, type Stack } from 'aws-cdk-lib'
import type { IDependable } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'
import { AccessLogSubscription } from './access-log-subscription.ts'
import { DatabaseRule } from './database-rule.ts'
import { ResourceConfiguration } from './resource-configuration.ts'
import { ResourceGateway } from './resource-gateway.ts'
import { ResourceShare } from './resource-share.ts'

/**
 * The path through a resource gateway, the same in every stage that has it. One thing of VPC Lattice after the other: its
 * API throttles two at once
 * (https://github.com/aws-samples/sample-vpc-lattice-multi-account-connectivity).
 *
 * @param guard nothing of it is made or changed before this has agreed
 */
export const addGatewayPath = (stack: Stack, database: DatabaseSettings, guard: IDependable): void => {
  const gateway = new ResourceGateway(stack, 'ResourceGateway', database)
  gateway.node.addDependency(guard)
  const configuration = new ResourceConfiguration(stack, 'ResourceConfiguration', database, gateway.gatewayId)
  const rule = letGatewayIn(stack, database, gateway.securityGroupId)
  // Last in, first out: nobody ever reaches a database that does not let the gateway in.
  if (rule) configuration.node.addDependency(rule)
  const log = new AccessLogSubscription(stack, 'AccessLog', database, configuration.arn)
  log.node.addDependency(guard)
  if (database.gateway.principals.length > 0) {
    new ResourceShare(stack, 'ResourceShare', database, configuration.arn).node.addDependency(log)
  }
  new CfnOutput(stack, 'ResourceGatewayId', { value: gateway.gatewayId })
  new CfnOutput(stack, 'GatewaySecurityGroupId', {
    value: gateway.securityGroupId,
    description: 'Where the database sees its clients come from',
  })
  new CfnOutput(stack, 'ResourceConfigurationArn', {
    value: configuration.arn,
    description: 'What consumers connect to through the gateway',
  })
  new CfnOutput(stack, 'GatewayLogGroup', {
    value: log.logGroupName,
    description: 'A record of each connection, with the address that it reached',
  })
  warnAboutReaders(stack, database)
}

const letGatewayIn = (
  stack: Stack,
  database: DatabaseSettings,
  gatewaySecurityGroupId: string,
): DatabaseRule | undefined => {
  const { databaseSecurityGroupId } = database.gateway
  if (databaseSecurityGroupId !== false) {
    const rule = new DatabaseRule(stack, 'DatabaseRule', { database, databaseSecurityGroupId, gatewaySecurityGroupId })
    return rule
  }
  Annotations.of(stack).addWarningV2(
    'repoint:database-security-group',
    `${database.id}: the rule in the database’s security group is yours to make: inbound TCP ${database.port} from the gateway’s group (output GatewaySecurityGroupId). ` +
      'Without it every connection through the gateway hangs. Name the group in gateway.databaseSecurityGroupId, and the stack makes the rule.',
  )
  return undefined
}

const warnAboutReaders = (stack: Stack, database: DatabaseSettings) => {
  if (database.kind !== 'cluster' || database.gateway.target !== 'dns') return
  Annotations.of(stack).addWarningV2(
    'repoint:gateway-readers',
    `${database.id}: by name the gateway leads to the writer alone. Readers have a path through it with gateway.target arn, where AWS adds the reader endpoint itself.`,
  )
}
