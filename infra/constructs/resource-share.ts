import { CfnResourceShare } from 'aws-cdk-lib/aws-ram'
import { Construct } from 'constructs'
import type { GatewayModel } from './gateway-model.ts'

/**
 * Other accounts get to see the resource configuration. Without `permissionArns` RAM attaches the default permission of
 * the type. An account outside the organization has to accept the invitation first.
 *
 * Taking a principal away does not cut it off: endpoints that exist go on (AWS keeps associations when sharing ends).
 */
export class ResourceShare extends Construct {
  constructor(scope: Construct, id: string, database: GatewayModel, configurationArn: string) {
    super(scope, id)
    const { principals, allowExternalPrincipals } = database.gateway
    new CfnResourceShare(this, 'Share', {
      name: `repoint-${database.stem}`,
      resourceArns: [configurationArn],
      principals: [...principals],
      allowExternalPrincipals,
    })
  }
}
