import { describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { laterQueries, readAccessLog, readLine } from '../../cli/migrate/verify/access-log.ts'
import { judgeLookups, tally } from '../../cli/migrate/verify/hosted-name.ts'
import { findOurs, judgeProof, type Matched } from '../../cli/migrate/verify/proof.ts'

const endpointId = 'vpce-0a1b2c3d4e5f60718'
const writer = '10.0.1.10'

describe('a line of the access log', () => {
  // The documented example, https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html
  const documented =
    '{"eventTimestamp":"2024-12-02T10:10:10.123Z","serviceNetworkArn":"arn:aws:vpc-lattice:us-west-2:1234567890:servicenetwork/sn-1a2b3c4d","serviceNetworkResourceAssociationId":"snra-1a2b3c4d","vpcEndpointId":"vpce-01a2b3c4d","sourceVpcArn":"arn:aws:ec2:us-west-2:1234567890:vpc/vpc-01a2b3c4d","resourceConfigurationArn":"arn:aws:vpc-lattice:us-west-2:0987654321:resourceconfiguration/rcfg-01a2b3c4d","protocol":"tcp","sourceIpPort":"172.31.23.56:44076","destinationIpPort":"172.31.31.226:80","gatewayIpPort":"10.0.28.57:49288","resourceIpPort":"10.0.18.190:80"}'

  it('says who came, when, and which address of the database the gateway reached', () => {
    expect(readLine(documented, 0)).toEqual({
      atMs: Date.parse('2024-12-02T10:10:10.123Z'),
      configurationArn: 'arn:aws:vpc-lattice:us-west-2:0987654321:resourceconfiguration/rcfg-01a2b3c4d',
      endpointId: 'vpce-01a2b3c4d',
      source: '172.31.23.56:44076',
      resource: '10.0.18.190:80',
      resourceIp: '10.0.18.190',
    })
  })

  it('has the time of its delivery where it has none of its own', () => {
    const { eventTimestamp: _, ...rest } = JSON.parse(documented) as Record<string, string>
    expect(readLine(JSON.stringify(rest), 1_234)?.atMs).toBe(1_234)
  })

  it('has no source where the log leaves it out', () => {
    const line = { ...(JSON.parse(documented) as object), sourceIpPort: '-' }
    expect(readLine(JSON.stringify(line), 0)).not.toHaveProperty('source')
  })

  it.each(['', 'not JSON', '{}', '{"vpcEndpointId":"vpce-1"}', '{"resourceIpPort":"10.0.1.10:5432"}'])(
    'is not %j',
    text => expect(readLine(text, 1)).toBeUndefined(),
  )
})

describe('the access log of a cluster', () => {
  const arn = (child: string) => `arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/${child}`
  const line = (child: string, resourceIp: string) => ({
    timestamp: 1_000,
    message: JSON.stringify({
      vpcEndpointId: endpointId,
      resourceIpPort: `${resourceIp}:5432`,
      resourceConfigurationArn: arn(child),
    }),
  })
  const filterLogEvents = async () => ({ events: [line('rcfg-writer', writer), line('rcfg-readers', '10.0.2.20')] })
  const log = {
    clients: { logs: async () => ({ filterLogEvents }) } as unknown as Clients,
    logGroup: 'log',
    endpointId,
  }

  it('leaves out what came for the readers, through the same endpoint', async () => {
    const reached = async (readers: object) =>
      (await readAccessLog({ ...log, ...readers }, 0)).map(({ resourceIp }) => resourceIp)
    expect(await reached({ readersArn: arn('rcfg-readers') })).toEqual([writer])
    expect(await reached({})).toEqual([writer, '10.0.2.20'])
  })

  it('is asked later without it, too', () => {
    const { insights, command } = laterQueries({ ...log, readersArn: arn('rcfg-readers') }, 0)
    expect(insights).toContain(`filter resourceConfigurationArn != "${arn('rcfg-readers')}"`)
    expect(command).toContain(`&& ($.resourceConfigurationArn != "${arn('rcfg-readers')}")`)
  })
})

describe('our connection in the access log', () => {
  const connections = [{ ip: '10.1.1.7', port: 40_000, atMs: 100_000 }]
  const aRecord = (changes: { atMs?: number; endpointId?: string; source?: string; resourceIp?: string } = {}) => {
    const { resourceIp = writer, ...rest } = changes
    return { atMs: 100_500, endpointId, resourceIp, resource: `${resourceIp}:5432`, ...rest }
  }
  const find = (...records: ReturnType<typeof aRecord>[]) =>
    findOurs(records, { endpointId, connections, slackMs: 5_000 })

  it('is found by our own address and port, among those of others', () => {
    const ours = aRecord({ source: '10.1.1.7:40000' })
    expect(find(aRecord({ source: '10.1.9.9:40000' }), ours, aRecord({ source: '10.1.1.7:41000' }))).toEqual({
      by: 'source',
      records: [ours],
    })
  })

  it('is found by our port where an address is translated on the way', () => {
    const ours = aRecord({ source: '10.1.0.1:40000' })
    expect(find(aRecord({ source: '10.1.0.1:41000' }), ours)).toEqual({ by: 'source', records: [ours] })
  })

  it('is found by the endpoint and the time where the log does not show the source', () => {
    const late = aRecord({ atMs: 101_000 })
    expect(find(late, aRecord())).toEqual({ by: 'endpoint', records: [aRecord(), late] })
  })

  it('is found although its IPv4 address is written as an IPv6 one here', () => {
    const ours = aRecord({ source: '10.1.1.7:40000' })
    const mapped = [{ ip: '::ffff:10.1.1.7', port: 40_000, atMs: 100_000 }]
    expect(findOurs([ours], { endpointId, connections: mapped, slackMs: 0 })?.by).toBe('source')
  })

  it.each([
    ['of another endpoint', { endpointId: 'vpce-other', source: '10.1.1.7:40000' }],
    ['from before we connected', { atMs: 90_000 }],
  ])('is not one %s', (_, changes) => {
    expect(find(aRecord(changes))).toBeUndefined()
  })

  it('is one although the clocks differ a little', () => {
    expect(find(aRecord({ atMs: 96_000 }))?.records).toHaveLength(1)
  })

  const ours = (...ips: string[]): Matched => ({
    by: 'source',
    records: ips.map((resourceIp, index) => aRecord({ resourceIp, atMs: 100_000 + index })),
  })
  it.each([
    ['proves that the gateway reaches the writer', ours(writer, writer), { addresses: [writer] }, 'proved'],
    ['proves it of a proxy with several addresses', ours('10.0.2.9'), { addresses: [writer, '10.0.2.9'] }, 'proved'],
    ['disproves it where it reached another address', ours('10.0.2.10'), { addresses: [writer] }, 'disproved'],
    ['disproves it where one of several did', ours('10.0.2.10', writer), { addresses: [writer] }, 'disproved'],
    ['proves nothing while it is not delivered', undefined, { addresses: [writer] }, 'not-delivered'],
    ['proves nothing while the writer is not settled', ours(writer), { why: 'unsettled' }, 'nothing-to-compare'],
  ])('%s', (_, matched, now, kind) => {
    expect(judgeProof(matched, now, 1_000).kind).toBe(kind)
  })
})

describe('lookups of the endpoint’s own name', () => {
  const addresses = { nlb: ['10.1.1.40', '10.1.2.40'], gateway: ['10.1.1.50'] }
  const answer = (...ips: string[]) =>
    ips.length === 0
      ? ({ kind: 'none', why: 'ENOTFOUND' } as const)
      : ({ kind: 'addresses', addresses: ips, ttlSeconds: 60, chain: ['orders'] } as const)
  const nlb = (times: number) => Array.from({ length: times }, () => answer('10.1.2.40', '10.1.1.40'))
  const gateway = (times: number) => Array.from({ length: times }, () => answer('10.1.1.50'))
  const judge = (answers: ReturnType<typeof answer>[], weights?: { nlb: number; gateway: number }) =>
    judgeLookups(tally('orders', answers, addresses), weights).map(({ severity }) => severity)

  it('are counted by the way that they lead', () => {
    const counted = tally('orders', [...nlb(3), ...gateway(2), answer(), answer('10.0.1.10')], addresses)
    expect(counted).toMatchObject({ asked: 7, led: { nlb: 3, gateway: 2 }, unanswered: 1, elsewhere: ['10.0.1.10'] })
  })

  it.each([
    ['agree with all traffic on the load balancer', nlb(20), { nlb: 100, gateway: 0 }, ['ok']],
    ['agree with all traffic on the gateway', gateway(20), { nlb: 0, gateway: 100 }, ['ok']],
    ['agree with a share', [...nlb(16), ...gateway(4)], { nlb: 75, gateway: 25 }, ['ok']],
    ['are a notice where a resolver keeps one answer', gateway(20), { nlb: 90, gateway: 10 }, ['notice']],
    ['warn where one led to a way of weight 0', [...nlb(19), ...gateway(1)], { nlb: 100, gateway: 0 }, ['warning']],
    ['warn where one led to a way that is left', [...nlb(1), ...gateway(19)], { nlb: 0, gateway: 100 }, ['warning']],
    ['are a problem where they lead elsewhere', [answer('10.0.1.10')], { nlb: 100, gateway: 0 }, ['problem']],
    ['are a problem where nobody answers', [answer()], { nlb: 100, gateway: 0 }, ['problem']],
    ['warn of answers that did not come', [...nlb(19), answer()], { nlb: 100, gateway: 0 }, ['warning', 'ok']],
    ['are told where the weights are not known', nlb(20), undefined, ['notice']],
  ])('%s', (_, answers, weights, severities) => {
    expect(judge(answers, weights)).toEqual(severities)
  })

  it('say nothing of clients where they were asked outside the consumer’s VPC', () => {
    const lookups = { ...tally('orders', [answer('10.0.1.10')], addresses), isFromElsewhere: true }
    expect(judgeLookups(lookups, { nlb: 100, gateway: 0 })).toEqual([
      expect.objectContaining({ severity: 'notice', cure: expect.stringContaining('--dns') }),
    ])
  })
})
