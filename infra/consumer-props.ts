import type { ISecurityGroup, ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import type { SharedEndpoint } from './shared-endpoint.ts'

/** docs/migrating.md says what each one is. */
export type MigrationStage = 'nlb' | 'shadow' | 'shift' | 'gateway' | 'retired'

/** The path through a resource gateway, beside the load balancer's or instead of it: docs/migrating.md. */
export interface ConsumerGatewayOptions {
  /** `RdsResourceGateway.resourceConfigurationArn`; every stage but nlb needs it. */
  readonly resourceConfigurationArn?: string
  /** Who gets new connections. @default - shadow beside a service (nobody yet), retired without one (everybody) */
  readonly stage?: MigrationStage
  /** The stage that is deployed now: a jump is refused. @default - nlb beside a service, new without one */
  readonly from?: 'new' | MigrationStage
  /** `shift`: the gateway's share of new connections, 1 to 99. */
  readonly percent?: number
  /** A cluster's reader endpoint, which gets a zone of its own that leads to the gateway. @default - none */
  readonly readerHostname?: string
  /** Another resource endpoint although clients use the present one: their connections are cut. @default false */
  readonly replaceInUse?: boolean
  /** This deployment may raise the gateway's share above what is live. @default false */
  readonly raisesShare?: boolean
}

/** Redshift's own managed endpoint: one interface in one Availability Zone. */
export interface ConsumerRedshiftOptions {
  /** It has to allow relocation or be in several zones. */
  readonly clusterIdentifier: string
  /** A Redshift subnet group of the consumer's VPC, of whose zones Redshift chooses one. @default - `subnet` */
  readonly subnetGroupName?: string
  /** A subnet group is made of it alone, so that the endpoint is in its zone. @default - `subnetGroupName` */
  readonly subnet?: ISubnet
  /** Of the cluster. @default - the consumer's own account */
  readonly ownerAccount?: string
  /** At most 30 characters. @default - made of the consumer's name */
  readonly endpointName?: string
}

/** A Route 53 Resolver endpoint: it answers as the VPC does, for about $91 a month for each of at least two subnets. */
export interface InboundResolverOptions {
  /** Networks whose DNS servers and clients may ask it. */
  readonly clientCidrs: readonly string[]
  /** Two at least, each in a zone of its own. @default - `vpcSubnets` */
  readonly vpcSubnets?: SubnetSelection
}

export interface RdsConsumerProps {
  /** The consumer's. It may have the same addresses as the database's: nothing is routed. */
  readonly vpc: IVpc
  /** Of the endpoints, in zones that the service has; one in each is taken. @default - those that CDK chooses */
  readonly vpcSubnets?: SubnetSelection
  /** Of the gateway's endpoint. @default - `vpcSubnets` */
  readonly gatewaySubnets?: SubnetSelection
  /** The database's endpoint: inside the VPC this very name leads to it, so that certificates and IAM tokens fit. */
  readonly hostname: string
  /** The database's. */
  readonly port: number
  /** Of the service's readers. @default - none */
  readonly readerPort?: number
  /** A name of your own instead of the database's; certificates are for the database's. @default - `hostname` */
  readonly dnsName?: string
  /** `RdsFrontDoor.endpointServiceName`. @default - the gateway alone */
  readonly serviceName?: string
  /** An interface endpoint that other consumers use too, with its service. @default - one is created */
  readonly sharedEndpoint?: SharedEndpoint
  /** Where the service is, if in another Region. @default - the consumer's */
  readonly serviceRegion?: string
  /** The path through a resource gateway. @default - the load balancer alone */
  readonly gateway?: ConsumerGatewayOptions
  /** Redshift's own managed endpoint, beside the other paths or alone. @default - none */
  readonly redshift?: ConsumerRedshiftOptions
  /** Networks of clients. @default - none: use `connections` */
  readonly clientCidrs?: readonly string[]
  /** Security groups of clients. @default - none: use `connections` */
  readonly clients?: readonly ISecurityGroup[]
  /** Other VPCs of this account and Region that are routed to this one and resolve the name too. @default - none */
  readonly peeredVpcs?: readonly IVpc[]
  /** Networks that forward the name to an inbound resolver endpoint, which is made for them. @default - none, and no endpoint */
  readonly inboundResolver?: InboundResolverOptions
  /** In tags and comments. @default - the construct's place in the app */
  readonly name?: string
}
