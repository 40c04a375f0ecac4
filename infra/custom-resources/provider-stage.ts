import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeVpcEndpointConnectionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ListResourceEndpointAssociationsCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice'
import type { LambdaContext } from './answer.ts'
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
  const connections = EndpointServiceId ? await readConnections(EndpointServiceId) : []
  return whyNotRetire({ connections, ...(await countFlows(LoadBalancer)) }, FrontDoor)
}

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
  const opened = await readMetric(loadBalancer, { MetricName: 'NewFlowCount', Stat: 'Sum', minutes: 60 })
  const open = await readMetric(loadBalancer, { MetricName: 'ActiveFlowCount', Stat: 'Maximum', minutes: 15 })
  return { newFlows: opened.reduce((sum, it) => sum + it, 0), activeFlows: Math.max(0, ...open) }
}

interface Metric {
  readonly MetricName: string
  readonly Stat: string
  readonly minutes: number
}

const readMetric = async (loadBalancer: string, { MetricName, Stat, minutes }: Metric): Promise<readonly number[]> => {
  const now = Date.now()
  const Dimensions = [{ Name: 'LoadBalancer', Value: loadBalancer }]
  const Metric = { Namespace: 'AWS/NetworkELB', MetricName, Dimensions }
  const { MetricDataResults } = await new CloudWatchClient({}).send(
    new GetMetricDataCommand({
      StartTime: new Date(now - minutes * 60_000),
      EndTime: new Date(now),
      MetricDataQueries: [{ Id: 'flows', MetricStat: { Metric, Period: 300, Stat } }],
    }),
  )
  return MetricDataResults?.[0]?.Values ?? []
}
