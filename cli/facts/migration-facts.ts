import type { ConsumerSettings, DatabaseSettings } from '../../infra/app/settings.ts'
import type { DatabaseFacts } from './database.ts'
import type { EndpointServiceFacts } from './endpoint-services.ts'
import type { FunctionFacts } from './function.ts'
import type { Gathered } from './gathered.ts'
import type { ListenerFacts, LoadBalancerFacts } from './load-balancer.ts'
import type { AccessLogFacts, ConfigurationFacts, GatewayFacts } from './resource-gateway.ts'
import type { Standing } from './standing.ts'
import type { ZoneFacts } from './zone-records.ts'

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
  readonly accessLog: Gathered<AccessLogFacts>
}

export interface ConsumerFacts {
  readonly standing: Standing
  readonly zone: Gathered<ZoneFacts>
  readonly nlb: Gathered<PathFacts>
  readonly gateway: Gathered<PathFacts>
  /** A cluster's readers: their own name on the gateway's way. */
  readonly readerZone?: Gathered<ZoneFacts>
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
