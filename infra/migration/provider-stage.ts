import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { DescribeVpcEndpointConnectionsCommand, EC2Client } from '@aws-sdk/client-ec2'
import type { LambdaContext } from '../custom-resource/answer.ts'
import { whyNotRetire } from './stage-guard.ts'
import { guardStage, type StageEvent } from './stage-handler.ts'

/** What goes with `retired` is named by the properties deployed before: the new template has it no more. */
export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(event, context, async ({ ResourceProperties, OldResourceProperties: old }) => {
    if (ResourceProperties.Stage !== 'retired' || !old || old.Stage === 'retired') return undefined
    return whyNotRetire({
      connections: old.EndpointServiceId ? await readConnections(old.EndpointServiceId) : [],
      newFlows: old.LoadBalancer ? await countNewFlows(old.LoadBalancer) : 0,
    })
  })

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

const countNewFlows = async (loadBalancer: string): Promise<number> => {
  const Period = 300
  const now = Date.now()
  const { MetricDataResults } = await new CloudWatchClient({}).send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 3_600_000),
      EndTime: new Date(now),
      MetricDataQueries: [
        {
          Id: 'flows',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/NetworkELB',
              MetricName: 'NewFlowCount',
              Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancer }],
            },
            Period,
            Stat: 'Sum',
          },
        },
      ],
    }),
  )
  return MetricDataResults?.[0]?.Values?.reduce((sum, it) => sum + it, 0) ?? 0
}
