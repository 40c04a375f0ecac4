/** The construct library: what a CDK app imports from `repoint/cdk`. */
export { type FrontDoorEngine, FrontDoorTarget } from './front-door-target.ts'
export {
  type ExistingFrontDoor,
  type FrontDoorExposure,
  type FrontDoorReaders,
  type FrontDoorStrategy,
  RdsFrontDoor,
  type RdsFrontDoorProps,
} from './rds-front-door.ts'
