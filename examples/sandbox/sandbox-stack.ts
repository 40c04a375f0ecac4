import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import { FrontDoorTarget, RdsFrontDoor } from 'repoint/cdk'
import { Client } from './client.ts'
import { Consumer } from './consumer.ts'

const port = 5432
/** The provider's and the consumer's: nothing is routed between them, so that they may be the same. */
const shared = '10.0.0.0/16'
const peered = '10.1.0.0/16'

/**
 * A whole estate in one account: a database without a path to the internet, Repoint in front of it, a consumer whose VPC
 * has the same addresses, and a VPC peered with the consumer's.
 */
export class SandboxStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props)
    const { database, vpc, vpcSubnets } = this.#createDatabase()
    const door = new RdsFrontDoor(this, 'FrontDoor', {
      target: FrontDoorTarget.instance(database),
      vpc,
      vpcSubnets,
      // An hour's sandbox waits for nobody.
      endpointService: {
        acceptanceRequired: false,
        allowedPrincipals: [`arn:${this.partition}:iam::${this.account}:root`],
      },
    })
    database.connections.allowDefaultPortFrom(door)
    for (const { ipv4CidrBlock } of vpc.isolatedSubnets) {
      database.connections.allowDefaultPortFrom(ec2.Peer.ipv4(ipv4CidrBlock), 'PrivateLink, from the load balancer')
    }
    const consumer = new Consumer(this, 'Consumer', {
      cidr: shared,
      peeredCidr: peered,
      serviceName: door.endpointServiceName ?? '',
      hostname: database.dbInstanceEndpointAddress,
      port,
    })
    new Client(this, 'Client', { vpc: consumer.vpc, secret: database.secret })
    new Client(this, 'PeeredClient', { vpc: consumer.peeredVpc, secret: database.secret })
    new CfnOutput(this, 'Database', { value: database.instanceIdentifier, description: 'repoint init <this>' })
    new CfnOutput(this, 'Endpoint', {
      value: database.dbInstanceEndpointAddress,
      description: 'The same name in both VPCs',
    })
    new CfnOutput(this, 'EndpointByName', { value: consumer.regionalName, description: 'Resolves anywhere' })
    new CfnOutput(this, 'Secret', { value: database.secret?.secretArn ?? '' })
  }

  #createDatabase() {
    const vpc = new ec2.Vpc(this, 'Provider', {
      ipAddresses: ec2.IpAddresses.cidr(shared),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    })
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }
    const database = new rds.DatabaseInstance(this, 'Orders', {
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
      vpc,
      vpcSubnets,
      multiAz: true,
      port,
      storageEncrypted: true,
      allocatedStorage: 20,
      databaseName: 'orders',
      // Nothing of it is kept: see "Remove it".
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    return { database, vpc, vpcSubnets }
  }
}
