import { RemovalPolicy } from 'aws-cdk-lib'
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import { CfnAccessLogSubscription } from 'aws-cdk-lib/aws-vpclattice'
import { Construct } from 'constructs'
import { gatewayLogGroupName } from '../app/settings/resource-names.ts'
import type { GatewayModel } from './gateway-model.ts'

/**
 * A record of each connection, with the address of the database that it reached (`resourceIpPort`): the proof that the
 * gateway follows the writer. It is the only one; neither gateway nor configuration has a health check.
 */
export class AccessLogSubscription extends Construct {
  readonly logGroup: ILogGroup

  constructor(scope: Construct, id: string, database: GatewayModel, configurationArn: string) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: gatewayLogGroupName({ id: database.stem }),
      retention: database.gateway.accessLogDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.logGroup = logGroup
    new CfnAccessLogSubscription(this, 'Subscription', {
      resourceIdentifier: configurationArn,
      destinationArn: logGroup.logGroupArn,
    })
  }
}
