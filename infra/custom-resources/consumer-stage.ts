import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { ListResourceRecordSetsCommand, type ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53'
import { setIdentifiers } from '../app/settings/resource-names.ts'
import type { Weights } from '../app/settings/stage-weights.ts'
import type { LambdaContext } from './answer.ts'
import { readMetric } from './read-metric.ts'
import { type Cut, endpointTaken, whyNotBeside, whyNotCut, whyNotMove, whyNotReach } from './stage-decisions.ts'
import {
  findDeployedResource,
  guardStage,
  readDeployedOutput,
  type StageEvent,
  type WithoutGuard,
} from './stage-handler.ts'

export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(event, context, async (request, withoutGuard) => {
    const { live, strangers } = await readRecords(await findZone(request, withoutGuard))
    return (
      whyNotReach(request, withoutGuard, live) ??
      whyNotBeside(strangers) ??
      whyNotMove(request, live) ??
      whyNotCut(request, await readCut(request))
    )
  })

/**
 * Reported under exactly these dimensions, and in no minute without traffic
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html, which speaks of endpoints to
 * services; that resource endpoints are counted is UNCONFIRMED): the endpoint itself says what they are.
 */
const readCut = async (request: StageEvent): Promise<Cut | undefined> => {
  const output = endpointTaken(request)
  if (output === undefined) return undefined
  const endpointId = await readDeployedOutput(request.StackId, output)
  const command = new DescribeVpcEndpointsCommand({ VpcEndpointIds: [endpointId] })
  const { VpcEndpoints: [found] = [] } = await new EC2Client({}).send(command)
  const dimensions = {
    'Endpoint Type': found?.VpcEndpointType ?? '',
    ...(found?.ServiceName ? { 'Service Name': found.ServiceName } : {}),
    'VPC Endpoint Id': endpointId,
    'VPC Id': found?.VpcId ?? '',
  }
  const common = { Namespace: 'AWS/PrivateLinkEndpoints', dimensions }
  const began = await readMetric({ ...common, MetricName: 'NewConnections', Stat: 'Sum', minutes: 60 })
  const open = await readMetric({ ...common, MetricName: 'ActiveConnections', Stat: 'Maximum', minutes: 15 })
  return { endpointId, began: began.reduce((sum, it) => sum + it, 0), open: Math.max(0, ...open) }
}

interface Zone {
  readonly HostedZoneId: string | undefined
  readonly name: string
}

/**
 * The zone that is deployed, under the name that it has there, whatever the template makes of it: its zone comes after the
 * guard, and of a changed name it is another one. A stack that is being created has none.
 */
const findZone = async (
  { StackId, ResourceProperties: after, OldResourceProperties: old }: StageEvent,
  withoutGuard: WithoutGuard,
): Promise<Zone> => {
  const name = old?.RecordName ?? after.RecordName ?? ''
  const isNew = old === undefined && withoutGuard === 'new'
  return { HostedZoneId: isNew ? undefined : await findDeployedResource(StackId, after.Zone ?? ''), name }
}

const plain = (name: string | undefined) => (name ?? '').replace(/\.$/, '').toLowerCase()

const readRecords = async (zone: Zone) => {
  const live: { -readonly [Path in keyof Weights]: Weights[Path] } = {}
  const strangers: string[] = []
  for (const { SetIdentifier, Weight } of await listRecords(zone)) {
    // A record without weight was deployed before records had them: it led to the load balancer.
    if (SetIdentifier === setIdentifiers.gateway) live.gateway = Weight ?? 0
    else if (SetIdentifier === undefined || SetIdentifier === setIdentifiers.nlb) live.nlb = Weight ?? 100
    else if (Weight !== 0) strangers.push(`${SetIdentifier} (${Weight ?? 'no weight'})`)
  }
  return { live, strangers }
}

/** Of the name, on as many pages as somebody's own records fill. A zone that is not there yet has none. */
const listRecords = async ({ HostedZoneId, name }: Zone): Promise<ResourceRecordSet[]> => {
  const found: ResourceRecordSet[] = []
  if (HostedZoneId === undefined) return found
  const client = new Route53Client({})
  let from: object = { StartRecordName: name, StartRecordType: 'A' }
  for (;;) {
    const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...from }))
    found.push(...(page.ResourceRecordSets ?? []).filter(it => it.Type === 'A' && plain(it.Name) === plain(name)))
    if (!page.IsTruncated || plain(page.NextRecordName) !== plain(name)) return found
    const { NextRecordName, NextRecordType, NextRecordIdentifier } = page
    from = {
      StartRecordName: NextRecordName,
      StartRecordType: NextRecordType,
      ...(NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: NextRecordIdentifier }),
    }
  }
}
