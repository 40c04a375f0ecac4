import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { DatabaseFacts } from './database.ts'
import type { QueueFacts } from './dead-letters.ts'
import type { EndpointServiceFacts } from './endpoint-services.ts'
import type { FunctionFacts, PermissionFacts } from './function.ts'
import type { Gathered } from './gathered.ts'
import type { HostedZoneFacts } from './hosted-zones.ts'
import type { ListenerFacts, LoadBalancerFacts } from './load-balancer.ts'
import type { Parameters } from './parameters.ts'
import type { RedshiftClusterFacts } from './redshift-cluster.ts'
import type { SecurityGroup } from './security-groups.ts'
import type { StackFacts } from './stack.ts'
import type { TargetFacts, TargetGroupFacts } from './target-groups.ts'
import type { SubnetFacts, VpcDnsFacts } from './vpc.ts'
import type { VpcEndpointFacts } from './vpc-endpoints.ts'
import type { RuleFacts, ScheduleFacts } from './wake.ts'

/** Everything that the checks judge. Each fact stands alone: one that cannot be read takes down only its own checks. */
export interface DoctorFacts {
  readonly settings: DatabaseSettings
  /** Seconds after which the clients send TCP keepalives, where the user said so. */
  readonly clientKeepaliveSeconds?: number
  readonly database: Gathered<DatabaseFacts>
  /** Of `settings.redshift`. */
  readonly redshiftCluster: Gathered<RedshiftClusterFacts>
  readonly parameters: Gathered<Parameters>
  /** The front door that is judged; the checks of its target group run once for each. */
  readonly door: DoorFacts
  readonly targetGroup: Gathered<TargetGroupFacts>
  readonly targets: Gathered<readonly TargetFacts[]>
  readonly loadBalancer: Gathered<LoadBalancerFacts>
  readonly listeners: Gathered<readonly ListenerFacts[]>
  readonly databaseGroups: Gathered<readonly SecurityGroup[]>
  readonly balancerGroups: Gathered<readonly SecurityGroup[]>
  /** Of the DB subnet group. */
  readonly databaseSubnets: Gathered<readonly SubnetFacts[]>
  readonly vpcDns: Gathered<VpcDnsFacts>
  /** Those that the DHCP options of the database's VPC name. */
  readonly vpcDnsServers: Gathered<readonly string[]>
  readonly endpointServices: Gathered<readonly EndpointServiceFacts[]>
  /** Where a function in a VPC is; empty outside. */
  readonly functionSubnets: Gathered<readonly SubnetFacts[]>
  /** Interface endpoints of the function's VPC. */
  readonly vpcEndpoints: Gathered<readonly VpcEndpointFacts[]>
  /** That deploys all this, where it is our own. */
  readonly stack: Gathered<StackFacts>
  readonly lambda: Gathered<FunctionFacts>
  readonly permissions: Gathered<readonly PermissionFacts[]>
  readonly rules: Gathered<readonly RuleFacts[]>
  readonly schedules: Gathered<readonly ScheduleFacts[]>
  readonly deadLetters: Gathered<readonly QueueFacts[]>
  /** Private hosted zones of the database's VPC. */
  readonly hostedZones: Gathered<readonly HostedZoneFacts[]>
  /** What the endpoint's name answers where doctor runs. */
  readonly answer: Gathered<Answer>
}

/** As the function is configured, or as repoint.json says where that cannot be read. */
export interface DoorFacts {
  readonly role: 'writer' | 'reader'
  readonly strategy: 'swap' | 'standby' | 'weighted'
  readonly listenerArn?: string
}
