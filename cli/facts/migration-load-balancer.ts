import { groupsOf } from '../../functions/reconciler/config/front-doors.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attemptToFind } from './attempt.ts'
import { type EndpointServiceFacts, gatherEndpointServices } from './endpoint-services.ts'
import { configOf, type FunctionFacts, gatherFunction, whyNoConfig } from './function.ts'
import { andThen, type Gathered, known, none, notKnown } from './gathered.ts'
import { gatherListeners, gatherLoadBalancer } from './load-balancer.ts'
import type { ProviderFacts } from './migration-facts.ts'
import { gatherTargetGroup } from './target-groups.ts'

type LoadBalancerSide = Pick<ProviderFacts, 'lambda' | 'loadBalancer' | 'listeners' | 'endpointService'>

/**
 * The way through the load balancer. Its name is CloudFormation's choice: the function knows the target groups, and
 * where there is no function any more, the endpoint service that the consumer names knows its load balancer.
 */
export const gatherLoadBalancerSide = async (
  clients: Clients,
  database: DatabaseSettings,
  serviceName: string | undefined,
): Promise<LoadBalancerSide> => {
  const lambda = await gatherFunction(clients, database)
  const groupArns = groupArnsOf(database, lambda)
  const group = await gatherTargetGroup(clients, await andThen(groupArns, ([first = '']) => known(first)))
  const { frontDoor } = database
  const named = frontDoor.kind === 'existing' ? frontDoor.loadBalancerArn : undefined
  const byGroup = await gatherLoadBalancer(clients, group, named)
  const loadBalancer =
    byGroup.kind === 'known' || lambda.kind !== 'none' || serviceName === undefined
      ? byGroup
      : await byService(clients, serviceName)
  const [listeners, services] = await Promise.all([
    gatherListeners(clients, loadBalancer, groupArns.kind === 'known' ? groupArns.value : []),
    gatherEndpointServices(clients, loadBalancer),
  ])
  return { lambda, loadBalancer, listeners, endpointService: await andThen(services, all => pick(all, serviceName)) }
}

const pick = (all: readonly EndpointServiceFacts[], name: string | undefined): Gathered<EndpointServiceFacts> => {
  const found = all.find(it => it.name === name) ?? all[0]
  return found === undefined ? none('The load balancer is behind no endpoint service.') : known(found)
}

const groupArnsOf = ({ frontDoor }: DatabaseSettings, lambda: Gathered<FunctionFacts>): Gathered<readonly string[]> => {
  if (frontDoor.kind === 'existing') return known(frontDoor.targetGroupArns)
  if (lambda.kind !== 'known') return lambda
  const config = configOf(lambda.value)
  return config === undefined
    ? notKnown(`Which target group is kept is not known: ${whyNoConfig}.`)
    : known(config.frontDoors.flatMap(groupsOf))
}

const byService = async (clients: Clients, serviceName: string): Promise<ProviderFacts['loadBalancer']> => {
  const id = serviceName.split('.').at(-1) ?? serviceName
  const service = await attemptToFind(async () => {
    const ec2 = await clients.ec2()
    const { ServiceConfigurations: [found] = [] } = await ec2.describeVpcEndpointServiceConfigurations({
      ServiceIds: [id],
    })
    return found?.NetworkLoadBalancerArns?.[0]
  }, 'InvalidVpcEndpointServiceId.NotFound')
  return andThen(service, arn =>
    arn === undefined
      ? none(`There is no function, and no endpoint service ${id} with a load balancer.`)
      : gatherLoadBalancer(clients, known({ loadBalancerArns: [arn] }), undefined),
  )
}
