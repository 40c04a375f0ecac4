import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as rds from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import {
  FleetOperations,
  FrontDoorTarget,
  type MigrationStage,
  RdsConsumer,
  RdsFrontDoor,
  type RdsFrontDoorProps,
  RdsResourceGateway,
} from 'repoint/cdk'
import { Client } from './client.ts'
import { ConsumerNetworks } from './networks.ts'

const port = 5432
/** By which `repoint` finds everything. */
const name = 'repoint-sandbox'
/** The provider's and the consumer's: nothing is routed between them, so that they may be the same. */
const shared = '10.0.0.0/16'
const peered = '10.1.0.0/16'

export interface SandboxStackProps extends StackProps {
  /** Of the migration from the load balancer to the resource gateway. */
  readonly stage: MigrationStage
  /** The stage that is deployed now. */
  readonly from: MigrationStage
  /** With stage shift: the gateway's share of new connections. */
  readonly percent?: number
}

/** What both paths to the database are made of. */
type Place = Pick<RdsFrontDoorProps, 'target' | 'vpcSubnets'> & {
  readonly vpc: ec2.IVpc
  readonly databaseSecurityGroup: ec2.ISecurityGroup
}

/**
 * A whole estate in one account: a database without a path to the internet, Repoint in front of it, a consumer whose VPC
 * has the same addresses, and a VPC peered with the consumer's. From stage `shadow` on there is a resource gateway beside
 * the load balancer, and at `retired` it is alone.
 */
export class SandboxStack extends Stack {
  constructor(scope: Construct, id: string, { stage, from, percent, ...props }: SandboxStackProps) {
    super(scope, id, props)
    const provider = this.#createDatabase()
    const { database } = provider
    const door = stage === 'retired' ? undefined : this.#openFrontDoor(provider.place)
    const gateway = stage === 'nlb' ? undefined : new RdsResourceGateway(this, 'Gateway', { ...provider.place, name })
    const { vpc, peeredVpc } = new ConsumerNetworks(this, 'Consumer', { cidr: shared, peeredCidr: peered })
    const consumer = new RdsConsumer(this, 'Consumers', {
      name,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      peeredVpcs: [peeredVpc],
      hostname: database.dbInstanceEndpointAddress,
      port,
      clientCidrs: [shared, peered],
      ...(door?.endpointServiceName === undefined ? {} : { serviceName: door.endpointServiceName }),
      gateway: {
        stage,
        from,
        ...(gateway === undefined ? {} : { resourceConfigurationArn: gateway.resourceConfigurationArn }),
        ...(percent === undefined ? {} : { percent }),
        // Each stage is deployed by hand here.
        raisesShare: true,
      },
    })
    new Client(this, 'Client', { vpc, secret: database.secret })
    new Client(this, 'PeeredClient', { vpc: peeredVpc, secret: database.secret })
    new CfnOutput(this, 'Endpoint', { value: consumer.hostname, description: 'The same name in both VPCs' })
    new CfnOutput(this, 'Secret', { value: database.secret?.secretArn ?? '' })
  }

  #openFrontDoor(place: Place): RdsFrontDoor {
    const operations = new FleetOperations(this, 'Operations')
    const door = new RdsFrontDoor(this, 'FrontDoor', {
      ...place,
      name,
      // An hour's sandbox waits for nobody.
      endpointService: {
        acceptanceRequired: false,
        allowedPrincipals: [`arn:${this.partition}:iam::${this.account}:root`],
      },
      alarmActions: [operations.alarmAction],
      dashboard: false,
    })
    operations.watch(door)
    return door
  }

  #createDatabase() {
    const vpc = new ec2.Vpc(this, 'Provider', {
      ipAddresses: ec2.IpAddresses.cidr(shared),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    })
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }
    const databaseSecurityGroup = new ec2.SecurityGroup(this, 'DatabaseGroup', { vpc })
    const database = new rds.DatabaseInstance(this, 'Orders', {
      instanceIdentifier: name,
      engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
      vpc,
      vpcSubnets,
      securityGroups: [databaseSecurityGroup],
      multiAz: true,
      port,
      storageEncrypted: true,
      allocatedStorage: 20,
      databaseName: 'orders',
      // Nothing of it is kept: see "Remove it".
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const place: Place = { target: FrontDoorTarget.instance(database), vpc, vpcSubnets, databaseSecurityGroup }
    return { database, place }
  }
}
