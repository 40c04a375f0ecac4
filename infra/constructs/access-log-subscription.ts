import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs'
import { CfnAccessLogSubscription } from 'aws-cdk-lib/aws-vpclattice'
import { Construct } from 'constructs'
import { gatewayLogGroupName } from '../app/settings/resource-names.ts'
import type { DatabaseSettings } from '../app/settings.ts'

/**
 * A record of each connection, with the address of the database that it reached (`resourceIpPort`): the proof that the
 * gateway follows the writer. It is the only one; neither gateway nor configuration has a health check.
 */
export class AccessLogSubscription extends Construct {
  readonly logGroupName: string

  constructor(scope: Construct, id: string, database: DatabaseSettings, configurationArn: string) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: gatewayLogGroupName(database),
      retention: database.gateway.accessLogDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.logGroupName = logGroup.logGroupName
    new CfnAccessLogSubscription(this, 'Subscription', {
      resourceIdentifier: configurationArn,
      destinationArn: logGroup.logGroupArn,
    })
  }
}
