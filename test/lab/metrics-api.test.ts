import { CloudWatch, type Dimension } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFlowSeries } from '../../lab/nlb/flow-series.ts'
import { balancerArn, type ServedApi, serveApi } from './api-fixture.ts'

const startMs = Date.parse('2026-11-20T10:00:00Z')
const minute = 60_000
const group = '/repoint/orders/gateway'
const record = (resourceIpPort: string) => ({ vpcEndpointId: 'vpce-0b', protocol: 'tcp', resourceIpPort })

const traffic = () => {
  const series = openFlowSeries()
  series.opened(startMs + 1_000)
  series.opened(startMs + 2_000)
  series.closed(startMs + 30_000)
  series.opened(startMs + minute + 1_000)
  series.reset('target', startMs + minute + 5_000)
  series.closed(startMs + minute + 5_000)
  series.closed(startMs + minute + 6_000)
  return series
}

const endpoint = (id: string, type: 'Interface' | 'Resource') => ({
  ...{ id, type, vpcId: 'vpc-0c', service: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a', state: 'available' },
  ...{ hasPrivateDns: false, policy: '', groupIds: [] },
})

const dimensionsOf = (endpointId: string): Dimension[] => [
  { Name: 'Endpoint Type', Value: 'Interface' },
  { Name: 'Service Name', Value: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a' },
  { Name: 'VPC Endpoint Id', Value: endpointId },
  { Name: 'VPC Id', Value: 'vpc-0c' },
]

describe('metrics and access logs as the AWS SDK sees them', () => {
  let served: ServedApi
  let cloudWatch: CloudWatch
  let logs: CloudWatchLogs
  beforeAll(async () => {
    const series = traffic()
    served = await serveApi(
      { vpcEndpoints: [endpoint('vpce-0a', 'Interface'), endpoint('vpce-0b', 'Resource')] },
      {
        flows: { endpoint: () => series, loadBalancer: arn => (arn === balancerArn ? series : undefined) },
        accessLogs: name =>
          name === group
            ? [
                { atMs: startMs, record: record('10.0.1.10:5432') },
                { atMs: startMs + minute, record: record('10.0.2.20:5432') },
              ]
            : undefined,
      },
    )
    cloudWatch = new CloudWatch(served.client)
    logs = new CloudWatchLogs(served.client)
  })
  afterAll(async () => {
    cloudWatch.destroy()
    logs.destroy()
    await served.api.close()
  })

  const read = async (Namespace: string, MetricName: string, Dimensions: Dimension[], Stat: string, Period = 60) => {
    const { MetricDataResults } = await cloudWatch.getMetricData({
      StartTime: new Date(startMs),
      EndTime: new Date(startMs + Math.max(3 * minute, 1000 * Period)),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'one', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat } }],
    })
    return MetricDataResults?.[0]
  }
  const ofBalancer = (name: string, stat: string, period?: number) =>
    read('AWS/NetworkELB', name, [{ Name: 'LoadBalancer', Value: 'net/orders/0123456789abcdef' }], stat, period)

  it('reports a load balancer’s flows for every minute', async () => {
    const found = await ofBalancer('NewFlowCount', 'Sum')

    expect(found?.Values).toEqual([2, 1, 0])
    expect(found?.Timestamps?.[1]).toEqual(new Date(startMs + minute))
  })

  it('tells active flows and resets', async () => {
    expect((await ofBalancer('ActiveFlowCount', 'Maximum'))?.Values).toEqual([2, 2, 0])
    expect((await ofBalancer('ActiveFlowCount', 'Average'))?.Values).toEqual([1, 0, 0])
    expect((await ofBalancer('TCP_Target_Reset_Count', 'Sum'))?.Values).toEqual([0, 1, 0])
  })

  it('reports an interface endpoint in the minutes in which it has traffic', async () => {
    const found = await read('AWS/PrivateLinkEndpoints', 'NewConnections', dimensionsOf('vpce-0a'), 'Sum')

    expect(found?.Values).toEqual([2, 1])
  })

  it('has nothing of a resource endpoint, nor under other dimensions than the published', async () => {
    const some = [{ Name: 'VPC Endpoint Id', Value: 'vpce-0a' }]

    expect((await read('AWS/PrivateLinkEndpoints', 'NewConnections', dimensionsOf('vpce-0b'), 'Sum'))?.Values).toEqual(
      [],
    )
    expect((await read('AWS/PrivateLinkEndpoints', 'NewConnections', some, 'Sum'))?.Values).toEqual([])
  })

  it('gives statistics of a longer period', async () => {
    const sum = await ofBalancer('NewFlowCount', 'Sum', 300)
    const maximum = await ofBalancer('NewFlowCount', 'Maximum', 300)

    expect([sum?.Values, maximum?.Values]).toEqual([[3], [2]])
    expect(sum?.Timestamps).toEqual([new Date(startMs)])
  })

  it('denies metrics with CloudWatch’s own prefix', async () => {
    served.api.faults.inject('monitoring:GetMetricData', { kind: 'access-denied' })

    await expect(ofBalancer('NewFlowCount', 'Sum')).rejects.toThrow('cloudwatch:GetMetricData')
  })

  it('gives the delivered access log records of a log group', async () => {
    const { events = [] } = await logs.filterLogEvents({ logGroupName: group, startTime: startMs + 1 })

    expect(events.map(({ timestamp, message }) => [timestamp, JSON.parse(message ?? '')])).toEqual([
      [startMs + minute, record('10.0.2.20:5432')],
    ])
  })

  it('filters access log records by a field', async () => {
    const { events } = await logs.filterLogEvents({
      logGroupName: group,
      filterPattern: '{ $.resourceIpPort = "10.0.1.10:5432" }',
    })

    expect(events).toHaveLength(1)
    await expect(logs.filterLogEvents({ logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})
