/** The construct library: what a CDK app imports from `repoint/cdk`. */
export type {
  ConsumerGatewayOptions,
  ConsumerRedshiftOptions,
  InboundResolverOptions,
  MigrationStage,
  RdsConsumerProps,
} from './consumer-props.ts'
export { FleetOperations, type FleetOperationsProps } from './fleet-operations.ts'
export type {
  EncryptionKeys,
  EndpointClients,
  ExistingFrontDoor,
  FrontDoorExposure,
  FrontDoorHealthCheck,
  FrontDoorReaders,
  FrontDoorStrategy,
  FunctionOptions,
  FunctionPlacement,
  LoadBalancerOptions,
  RdsFrontDoorProps,
  SettleOptions,
  WakePattern,
  WatchOptions,
  WeightedOptions,
} from './front-door-props.ts'
export { type FrontDoorDatabase, type FrontDoorEngine, FrontDoorTarget } from './front-door-target.ts'
export { RdsConsumer } from './rds-consumer.ts'
export { RdsFrontDoor } from './rds-front-door.ts'
export { RdsResourceGateway, type RdsResourceGatewayProps } from './rds-resource-gateway.ts'
export { SharedEndpoint, type SharedEndpointProps } from './shared-endpoint.ts'
export { SharedLoadBalancer, type SharedLoadBalancerProps } from './shared-load-balancer.ts'
