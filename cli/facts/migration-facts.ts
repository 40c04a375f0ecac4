import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { DatabaseFacts, EndpointServiceFacts, FunctionFacts, ListenerFacts, LoadBalancerFacts } from './facts.ts'
import type { Gathered } from './gathered.ts'
import type { Standing } from './standing.ts'

/** Where both sides stand. Each fact stands alone: one that cannot be read leaves the others. */
export interface MigrationFacts {
  readonly database: DatabaseSettings
  readonly consumer?: ConsumerSettings
  readonly provider: ProviderFacts
  readonly consumerSide?: ConsumerFacts
}

export interface ProviderFacts {
  readonly standing: Standing
  readonly database: Gathered<DatabaseFacts>
  readonly lambda: Gathered<FunctionFacts>
  readonly loadBalancer: Gathered<LoadBalancerFacts>
  readonly listeners: Gathered<readonly ListenerFacts[]>
  /** The one that the consumer connects to, or the load balancer's first. */
  readonly endpointService: Gathered<EndpointServiceFacts>
  readonly gateway: Gathered<GatewayFacts>
  readonly configuration: Gathered<ConfigurationFacts>
  readonly accessLog: Gathered<{ readonly logGroup: string }>
  /** Who has an endpoint to the configuration, in any account. */
  readonly gatewayEndpoints: Gathered<readonly { readonly endpointId: string; readonly owner: string }[]>
}

export interface GatewayFacts {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly status: string
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly securityGroupIds: readonly string[]
  readonly addressesPerInterface: number
  /** `PUBLIC` | `IN_VPC` */
  readonly dnsResolution: string
  readonly ipAddressType: string
  /** Named otherwise than the settings say now: deployed with other fixed values. */
  readonly isOther: boolean
}

export interface ConfigurationFacts {
  readonly id: string
  readonly arn: string
  readonly name: string
  readonly status: string
  /** `ARN` | `SINGLE` | `GROUP` | `CHILD` | `CIDR` */
  readonly type: string
  readonly target: string
  readonly gatewayId: string
  readonly ports: readonly string[]
  readonly failure?: string
}

export interface ConsumerFacts {
  readonly standing: Standing
  readonly zone: Gathered<ZoneFacts>
  readonly nlb: Gathered<PathFacts>
  readonly gateway: Gathered<PathFacts>
  /** A cluster's readers: their own name on the gateway's way. */
  readonly readerZone?: Gathered<ZoneFacts>
}

/** The hosted zone whose weights say which way new connections take. */
export interface ZoneFacts {
  readonly id: string
  readonly name: string
  /** Of the A records at the zone's own name, by way; absent where there is no such record. */
  readonly weights: { readonly nlb?: number; readonly gateway?: number }
  /** At the zone's name, ours or not. */
  readonly records: readonly RecordFacts[]
}

export interface RecordFacts {
  readonly name: string
  readonly type: string
  readonly setIdentifier?: string
  readonly weight?: number
  readonly alias?: { readonly dnsName: string; readonly hostedZoneId: string; readonly evaluatesHealth: boolean }
  /** Where it is no alias. */
  readonly values?: readonly string[]
}

export interface ReaderPath {
  readonly dnsName: string
  readonly hostedZoneId?: string
  readonly port: number
  /** The child of the cluster's resource configuration that their connections go by; on the gateway's way alone. */
  readonly configurationArn?: string
}

/** One of the two ways of a consumer: its endpoint and how clients reach it. */
export interface PathFacts {
  readonly endpointId: string
  readonly vpcId: string
  readonly state: string
  /** The endpoint's own, regional name. */
  readonly dnsName: string
  readonly hostedZoneId: string
  readonly port: number
  readonly subnetIds: readonly string[]
  readonly securityGroupIds: readonly string[]
  readonly hasPrivateDns: boolean
  /** Whether the way's record of the hosted zone leads to this endpoint; `false` also where there is no such record. */
  readonly leads: boolean
  /** A cluster's readers: on the load balancer's way another port, on the gateway's another name. */
  readonly reader?: ReaderPath
}
