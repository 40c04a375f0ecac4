import { Stack, type StackProps } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import { FrontDoorTarget, RdsFrontDoor } from 'repoint/cdk'

/** The lib/shop-stack.ts of an app that `cdk init app --language typescript` made in a folder `shop`. */
export class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props)
    const vpc = new ec2.Vpc(this, 'Vpc', { natGateways: 0 })
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }
    const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 })
    const databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseGroup', { vpc })
    const orders = new rds.DatabaseInstance(this, 'Orders', {
      vpc,
      vpcSubnets,
      engine,
      securityGroups: [databaseSecurityGroup],
      multiAz: true,
      storageEncrypted: true,
    })

    // What Repoint adds.
    new RdsFrontDoor(this, 'FrontDoor', {
      target: FrontDoorTarget.instance(orders),
      vpc,
      vpcSubnets,
      // Opened to the load balancer and to its addresses, from which PrivateLink traffic comes.
      databaseSecurityGroup,
      endpointService: { allowedPrincipals: ['arn:aws:iam::444455556666:root'] },
    })
  }
}
