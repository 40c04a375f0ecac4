import { CfnResourceConfiguration } from 'aws-cdk-lib/aws-vpclattice'
import { Construct } from 'constructs'
import type { GatewayModel } from './gateway-model.ts'

/**
 * What consumers connect to through the gateway.
 *
 * arn: an RDS instance or cluster. AWS takes ports from the database, and makes a cluster's writer and reader endpoints
 *   children of the one configuration. Seen with Aurora; whether a Multi-AZ DB cluster's ARN is taken too is documented
 *   nowhere, and where it is not, use `target: dns`.
 * dns: any other name (RDS Proxy, Redshift, a host name), and one name: of a cluster the writer's endpoint alone.
 *
 * A name can be changed in place; ARN, type and gateway cannot, and are in the name and in the logical id.
 */
export class ResourceConfiguration extends Construct {
  readonly arn: string

  constructor(scope: Construct, id: string, database: GatewayModel, gatewayId: string) {
    super(scope, id)
    const { configuration: name, configurationHash } = database.names
    const resource = new CfnResourceConfiguration(this, `Configuration${configurationHash}`, {
      name,
      resourceGatewayId: gatewayId,
      // Nobody puts it into a service network and so shares it further. That would also take over the database's
      // name in every associated VPC at once, with no stage in which nobody uses it.
      allowAssociationToSharableServiceNetwork: false,
      ...target(database),
    })
    this.arn = resource.attrArn
  }
}

type Target = Pick<
  ConstructorParameters<typeof CfnResourceConfiguration>[2],
  'resourceConfigurationType' | 'resourceConfigurationDefinition' | 'portRanges' | 'protocolType'
>

const target = ({ id, arn, endpoint, port, gateway }: GatewayModel): Target => {
  if (gateway.target === 'dns') {
    return {
      resourceConfigurationType: 'SINGLE',
      resourceConfigurationDefinition: { dnsResource: { domainName: endpoint, ipAddressType: 'IPV4' } },
      portRanges: [`${port}`],
      protocolType: 'TCP',
    }
  }
  if (arn === undefined) throw new Error(`${id} has no ARN for its resource configuration`)
  return { resourceConfigurationType: 'ARN', resourceConfigurationDefinition: { arnResource: arn } }
}
