import { type Duration, Stack } from 'aws-cdk-lib'
import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2'
import {
  Connections,
  type IConnectable,
  type ISecurityGroup,
  type IVpc,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { gatewayLogGroupName } from './app/settings/resource-names.ts'
import { encryptAll } from './constructs/encryption.ts'
import type { DatabaseModel } from './constructs/front-door-model.ts'
import { withGatewayNames } from './constructs/gateway-model.ts'
import { operateGateway } from './constructs/gateway-operations.ts'
import { addGatewayPath } from './constructs/gateway-path.ts'
import { chooseSubnets, exampleGroup, exampleSubnets, exampleVpc, parseEntry, standIn } from './front-door-settings.ts'
import type { FrontDoorTarget } from './front-door-target.ts'

export interface RdsResourceGatewayProps {
  /** What the gateway leads to. */
  readonly target: FrontDoorTarget
  /** The database's VPC. */
  readonly vpc: IVpc
  /**
   * One in each zone; another list is another gateway. VPC Lattice is not offered in every zone.
   * @default - the VPC's isolated subnets, or those that CDK chooses
   */
  readonly vpcSubnets?: SubnetSelection
  /**
   * The database's own group, which the construct then opens to the gateway.
   * @default - you open it, with `connections`: without that every connection hangs
   */
  readonly databaseSecurityGroup?: ISecurityGroup
  /** What names begin with, after `repoint-`: the command line finds them by the database's identifier. @default - the construct's place in the app */
  readonly name?: string
  /**
   * What the resource configuration names: the database itself, whose ports and readers AWS knows, or its endpoint's name.
   * @default - arn for instances and clusters, dns for proxies and host names
   */
  readonly by?: 'arn' | 'dns'
  /** `by: 'dns'`: where the gateway resolves the name. Another value is another gateway. @default public */
  readonly dnsResolution?: 'public' | 'in-vpc'
  /** Addresses of each interface, 55,000 connections each; 1 to 62. Another number is another gateway. @default 4 */
  readonly addressesPerInterface?: number
  /** Accounts, or ARNs of an organization or unit, that it is shared with over RAM. @default - this account alone */
  readonly principals?: readonly string[]
  /** Whether accounts outside the organization may be among them. @default false */
  readonly allowExternalPrincipals?: boolean
  /** Where the gateway may go without `databaseSecurityGroup`. @default - private networks */
  readonly allowedCidrs?: readonly string[]
  /** Of the access log: a record of each connection, with the address that it reached. @default RetentionDays.ONE_MONTH */
  readonly accessLogRetention?: RetentionDays
  /** Of the access log. @default - a key of AWS's */
  readonly encryptionKey?: IKey
  /** Told of every alarm of the access log. @default - nobody */
  readonly alarmActions?: readonly IAlarmAction[]
  /**
   * Within which a new connection is expected, 5 minutes to a day: an alarm goes off when none has come.
   * @default - no such alarm: clients may be idle for as long as they like
   */
  readonly connectionEvery?: Duration
  /** A dashboard and saved queries of this gateway's access log alone; `FleetOperations` has them for all. @default true */
  readonly dashboard?: boolean
  /** The database's name gives its public address outside the VPC. @default false */
  readonly publiclyAccessible?: boolean
}

/**
 * The path to a database through a VPC Lattice resource gateway: no load balancer, no target group, no function. A consumer
 * reaches it with `RdsConsumer`, in the same account or, where the configuration is shared, in another one.
 *
 * @example
 * const gateway = new RdsResourceGateway(this, 'Gateway', {
 *   target: FrontDoorTarget.instance(orders),
 *   vpc,
 *   vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
 *   databaseSecurityGroup: orders.connections.securityGroups[0],
 *   principals: ['444455556666'],
 * })
 */
export class RdsResourceGateway extends Construct implements IConnectable {
  /** What consumers connect to. */
  readonly resourceConfigurationArn: string
  /** Of VPC Lattice. */
  readonly resourceGatewayId: string
  /** Of the access log. */
  readonly logGroup: ILogGroup
  /** Of the access log, with a section of docs/runbook.md each. */
  readonly alarms: readonly Alarm[]
  /** Of the gateway, on the database's port. */
  readonly connections: Connections
  readonly #stem: string

  /** @throws Error naming every property that does not suit the database */
  constructor(scope: Construct, id: string, props: RdsResourceGatewayProps) {
    super(scope, id)
    const model = withGatewayNames(this, gatewayModel(props))
    const path = addGatewayPath(this, model)
    this.resourceConfigurationArn = path.configurationArn
    this.resourceGatewayId = path.gateway.gatewayId
    this.logGroup = path.logGroup
    this.alarms = operateGateway(this, model, {
      name: model.name,
      logGroup: path.logGroup,
      alarmActions: props.alarmActions ?? [],
      hasDashboard: props.dashboard ?? true,
    })
    this.connections = new Connections({
      securityGroups: [SecurityGroup.fromSecurityGroupId(this, 'Group', path.gateway.securityGroupId)],
      defaultPort: Port.tcp(model.port),
    })
    if (props.encryptionKey) encryptAll(this, { logs: props.encryptionKey })
    this.#stem = model.stem
  }

  /** The access log's group as another stack may name it: its name is fixed. @internal */
  logGroupNameFor(scope: Construct): string {
    if (Stack.of(scope) === Stack.of(this)) return this.logGroup.logGroupName
    return gatewayLogGroupName({ id: this.#stem })
  }
}

const gatewayModel = (props: RdsResourceGatewayProps): DatabaseModel => {
  const { vpc, allowedCidrs, principals = [], databaseSecurityGroup } = props
  const subnets = chooseSubnets(vpc, props.vpcSubnets).map(({ id, zone }) => ({ id, zone }))
  const parsed = parseEntry(props.target.bind(), {
    vpcId: exampleVpc,
    subnets: exampleSubnets(subnets),
    publiclyAccessible: props.publiclyAccessible,
    network: props.publiclyAccessible ? { mode: 'in-vpc' } : undefined,
    allowedCidrs: allowedCidrs?.map(standIn('10.0.0.0/8')),
    frontDoor: { kind: 'create', databaseSecurityGroupId: false },
    gateway: {
      stage: 'shadow',
      databaseSecurityGroupId: databaseSecurityGroup === undefined ? false : exampleGroup,
      target: props.by,
      dnsResolution: props.dnsResolution,
      ipv4AddressesPerEni: props.addressesPerInterface,
      principals: principals.map(standIn('111122223333')),
      allowExternalPrincipals: props.allowExternalPrincipals,
      accessLogDays: props.accessLogRetention,
      connectionEveryMinutes: props.connectionEvery?.toMinutes({ integral: false }),
    },
  })
  return {
    ...parsed,
    name: props.name,
    vpcId: vpc.vpcId,
    allowedCidrs: allowedCidrs && [...allowedCidrs],
    gateway: {
      ...parsed.gateway,
      subnets,
      principals: [...principals],
      databaseSecurityGroupId: databaseSecurityGroup?.securityGroupId ?? false,
    },
  }
}
