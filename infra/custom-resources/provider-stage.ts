import { DescribeVpcEndpointConnectionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  ListResourceEndpointAssociationsCommand,
  ListServiceNetworkResourceAssociationsCommand,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice'
import type { LambdaContext } from './answer.ts'
import { readMetric } from './read-metric.ts'
import { takesConfiguration, whyNotReach, whyNotRetire, whyNotTake } from './stage-decisions.ts'
import { guardStage, readDeployedOutput, type StageEvent } from './stage-handler.ts'

export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(
    event,
    context,
    async (request, withoutGuard) =>
      whyNotReach(request, withoutGuard) ?? (await whyNotLetGo(request)) ?? whyNotEnd(request),
  )

/**
 * The resource configuration's name is the stack's own output: as a property of the guard it would make a circle, since
 * everything of the gateway waits for the guard.
 */
const whyNotLetGo = async (request: StageEvent): Promise<string | undefined> =>
  takesConfiguration(request)
    ? whyNotTake(request, await readAssociations(await readDeployedOutput(request.StackId, 'ResourceConfigurationArn')))
    : undefined

/** What goes with `retired` is named by the properties deployed before: the new template has it no more. */
const whyNotEnd = async ({ ResourceProperties, OldResourceProperties: old }: StageEvent) => {
  if (ResourceProperties.Stage !== 'retired' || !old || old.Stage === 'retired') return undefined
  const { EndpointServiceId, LoadBalancer, FrontDoor } = old
  // What is in use by others says nothing of this one, and somebody has looked.
  if (FrontDoor === 'shared' && ResourceProperties.ListenerUnused) return undefined
  const connections = EndpointServiceId ? await readConnections(EndpointServiceId) : []
  return whyNotRetire({ connections, ...(await countFlows(LoadBalancer)) }, FrontDoor)
}

/** A service network holds a configuration as an endpoint does: AWS deletes neither from under the other. */
const readAssociations = async (resourceConfigurationIdentifier: string): Promise<string[]> => {
  const client = new VPCLatticeClient({})
  const found: string[] = []
  let nextToken: string | undefined
  do {
    const question = { resourceConfigurationIdentifier, nextToken }
    const page = await client.send(new ListResourceEndpointAssociationsCommand(question))
    found.push(...(page.items ?? []).map(it => `${it.vpcEndpointId} (of account ${it.vpcEndpointOwner})`))
    nextToken = page.nextToken
  } while (nextToken)
  do {
    const question = { resourceConfigurationIdentifier, nextToken }
    const page = await client.send(new ListServiceNetworkResourceAssociationsCommand(question))
    found.push(...(page.items ?? []).map(it => `${it.id} of the service network ${it.serviceNetworkName}`))
    nextToken = page.nextToken
  } while (nextToken)
  return found
}

/** Written by EC2 in one case and documented in another. */
const inUse = ['available', 'pending', 'pendingacceptance', 'partial']

const readConnections = async (serviceId: string): Promise<string[]> => {
  const client = new EC2Client({})
  const found: string[] = []
  let NextToken: string | undefined
  do {
    const Filters = [{ Name: 'service-id', Values: [serviceId] }]
    const page = await client.send(new DescribeVpcEndpointConnectionsCommand({ Filters, NextToken }))
    for (const { VpcEndpointId, VpcEndpointState = '', VpcEndpointOwner } of page.VpcEndpointConnections ?? []) {
      if (inUse.includes(VpcEndpointState.toLowerCase())) {
        found.push(`${VpcEndpointId} (${VpcEndpointState}, of account ${VpcEndpointOwner})`)
      }
    }
    NextToken = page.NextToken
  } while (NextToken)
  return found
}

const countFlows = async (loadBalancer: string | undefined) => {
  if (!loadBalancer) return { newFlows: 0, activeFlows: 0 }
  const common = { Namespace: 'AWS/NetworkELB', dimensions: { LoadBalancer: loadBalancer } }
  const opened = await readMetric({ ...common, MetricName: 'NewFlowCount', Stat: 'Sum', minutes: 60 })
  const open = await readMetric({ ...common, MetricName: 'ActiveFlowCount', Stat: 'Maximum', minutes: 15 })
  return { newFlows: opened.reduce((sum, it) => sum + it, 0), activeFlows: Math.max(0, ...open) }
}
