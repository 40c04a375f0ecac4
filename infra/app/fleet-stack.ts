import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { linkTo } from '../constructs/dashboard.ts'
import { FleetOperations, mostLogGroups } from '../fleet-operations.ts'
import type { RdsFrontDoor } from '../rds-front-door.ts'
import type { RdsResourceGateway } from '../rds-resource-gateway.ts'

export interface FleetStackProps extends StackProps {
  /** Every front door of the account and Region. */
  readonly doors: readonly RdsFrontDoor[]
  /** And every resource gateway. */
  readonly gateways: readonly RdsResourceGateway[]
}

/**
 * What the databases of an account and Region share: a dashboard with a choice of the database, and the saved queries, of
 * which AWS gives 1,000. It refers to no other stack and none refers to it: each is deployed and removed by itself.
 */
export class FleetStack extends Stack {
  constructor(scope: Construct, id: string, { doors, gateways, ...props }: FleetStackProps) {
    super(scope, id, props)
    const operations = new FleetOperations(this, 'Operations', { name: 'repoint' })
    // A table over more would have to be several, each of which reads its logs whenever somebody opens the dashboard.
    if (doors.length > 0 && doors.length <= mostLogGroups) operations.watch(...doors)
    if (gateways.length > 0 && gateways.length <= mostLogGroups) operations.watchGateways(...gateways)
    linkTo(this, operations.dashboard)
  }
}
