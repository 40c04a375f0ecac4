/** The construct library: what a CDK app imports from `repoint/cdk`. */
export type {
  EncryptionKeys,
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
  WatchOptions,
  WeightedOptions,
} from './front-door-props.ts'
export { type FrontDoorDatabase, type FrontDoorEngine, FrontDoorTarget } from './front-door-target.ts'
export { RdsFrontDoor } from './rds-front-door.ts'
