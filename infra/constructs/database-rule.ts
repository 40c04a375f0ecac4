import { CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2'
import { Construct } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'

export interface DatabaseRuleProps {
  readonly database: DatabaseSettings
  readonly databaseSecurityGroupId: string
  readonly gatewaySecurityGroupId: string
}

/**
 * The database's own security group lets the gateway in. Without it every connection hangs until the client gives up, and
 * nothing says why: it is the step that most set-ups miss.
 */
export class DatabaseRule extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseRuleProps) {
    super(scope, id)
    const { database } = props
    new CfnSecurityGroupIngress(this, 'Ingress', {
      groupId: props.databaseSecurityGroupId,
      sourceSecurityGroupId: props.gatewaySecurityGroupId,
      ipProtocol: 'tcp',
      fromPort: database.port,
      toPort: database.port,
      description: `Repoint ${database.id}: resource gateway`,
    })
  }
}
