import type { NetworkListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IConstruct } from 'constructs'
import type { DatabaseSettings } from '../app/settings.ts'
import type { EndpointService } from './endpoint-service.ts'

interface Removal {
  readonly database: DatabaseSettings
  readonly service: EndpointService | undefined
  readonly listener: NetworkListener | undefined
  readonly readersListener: NetworkListener | undefined
  /** With the rules that let the load balancer in. */
  readonly databaseGroup: IConstruct | undefined
  readonly lambda: IConstruct
  readonly rules: readonly IConstruct[]
  readonly schedule: IConstruct
  /** Over which the function reaches AWS. */
  readonly network: readonly IConstruct[]
}

/**
 * CloudFormation removes in the reverse order of the dependencies, so these say what goes first with stage `retired`:
 * the endpoint service, which AWS does not delete while a consumer's endpoint uses it; then the listeners; after both
 * the function, what wakes it, its path to AWS, and the rules of the database's security group, so that whatever still
 * leads somewhere leads to the writer.
 *
 * With `weighted` the function knows its listener by ARN and goes before it; the schedule goes before the listener too,
 * because it waits for the first registration. The endpoint service goes before all of them.
 *
 * The dependencies alone change nothing that is deployed.
 */
export const orderRemoval = ({ database, service, schedule, network, ...parts }: Removal): void => {
  const { listener, readersListener } = parts
  const listeners = [listener, readersListener].filter(it => it !== undefined)
  const behind = [...(parts.databaseGroup ? [parts.databaseGroup] : []), ...network]
  const keepers = [parts.lambda, ...parts.rules]
  service?.node.addDependency(...listeners, ...behind, ...keepers, schedule)
  for (const it of listeners) {
    const isKnown = it === listener && database.frontDoor.strategy === 'weighted'
    it.node.addDependency(...behind, ...(isKnown ? [] : keepers))
  }
}
