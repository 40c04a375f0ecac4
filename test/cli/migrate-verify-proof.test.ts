import { describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { judgeLookups } from '../../cli/checks/hosted-name.ts'
import { judgeProof } from '../../cli/checks/log-proof.ts'
import { findOurs, hasAll } from '../../cli/checks/our-connections.ts'
import { laterQueries, readAccessLog, readLine } from '../../cli/facts/access-log.ts'
import { longestTtlMs, tally } from '../../cli/facts/name-lookups.ts'
import { showProof } from '../../cli/text/proof-sentence.ts'

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
      destinationIp: '172.31.31.226',
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
  const line = (child: string, resourceIp: string, destination: string) => ({
    timestamp: 1_000,
    message: JSON.stringify({
      vpcEndpointId: endpointId,
      destinationIpPort: destination,
      resourceIpPort: `${resourceIp}:5432`,
      resourceConfigurationArn: arn(child),
    }),
  })
  const events = [
    line('rcfg-writer', writer, '10.1.1.50:5432'),
    line('rcfg-readers', '10.0.2.20', '10.1.1.51:5432'),
    line('rcfg-readers', '10.0.3.30', '-'),
  ]
  const filterLogEvents = async () => ({ events })
  const log = {
    clients: { logs: async () => ({ filterLogEvents }) } as unknown as Clients,
    logGroup: 'log',
    endpointId,
  }

  it('leaves out what came for the readers, through the same endpoint', async () => {
    const reached = async (readers: object) =>
      (await readAccessLog({ ...log, ...readers }, 0)).map(({ resourceIp }) => resourceIp)
    expect(await reached({ readersArn: arn('rcfg-readers') })).toEqual([writer])
    expect(await reached({})).toEqual([writer, '10.0.2.20', '10.0.3.30'])
    // Whose child it is may not be readable: their addresses of the endpoint tell, where the log has them.
    expect(await reached({ addresses: ['10.1.1.50', '10.1.2.50'] })).toEqual([writer, '10.0.3.30'])
    expect(await reached({ addresses: ['fd00::50'] })).toEqual([writer, '10.0.2.20', '10.0.3.30'])
  })

  it('is asked later without it, too', () => {
    const { insights, command } = laterQueries({ ...log, readersArn: arn('rcfg-readers') }, 0)
    expect(insights).toContain(`filter resourceConfigurationArn != "${arn('rcfg-readers')}"`)
    expect(command).toContain(`&& ($.resourceConfigurationArn != "${arn('rcfg-readers')}")`)
  })
})

describe('our connections in the access log', () => {
  const addresses = ['10.1.1.50', '10.1.2.50']
  const connections = addresses.map((to, index) => ({ ip: '10.1.1.7', port: 40_000 + index, to, atMs: 100_000 }))
  const matching = { endpointId, addresses, connections, slackMs: 5_000 }
  const aRecord = (
    changes: { atMs?: number; endpointId?: string; source?: string; destinationIp?: string; resourceIp?: string } = {},
  ) => {
    const { resourceIp = writer, ...rest } = changes
    return { atMs: 100_500, endpointId, resourceIp, resource: `${resourceIp}:5432`, ...rest }
  }
  const others = (changes: object = {}) => aRecord({ source: '10.1.9.9:41000', destinationIp: '10.1.1.50', ...changes })
  const [first, second] = addresses.map((destinationIp, index) =>
    aRecord({ source: `10.1.1.7:${40_000 + index}`, destinationIp }),
  )
  if (first === undefined || second === undefined) throw new Error('no records')
  const find = (...records: ReturnType<typeof aRecord>[]) => findOurs(records, matching)
  const judge = (...records: ReturnType<typeof aRecord>[]) =>
    judgeProof(records, { addresses: [writer] }, { ...matching, waitedMs: 1_000 })

  it('are found by our own address and port, among those of others', () => {
    const strange = [others({ source: '10.1.1.7:42000' }), others({ source: '10.1.9.9:40001' })]
    expect(find(others(), first, second, ...strange)).toMatchObject({
      by: 'source',
      records: [first, second],
      found: 2,
      unreached: [],
    })
  })

  it('are found by our port where an address is translated on the way', () => {
    const translated = { ...first, source: '10.1.0.1:40000' }
    expect(find({ ...translated, source: '10.1.0.1:41000' }, translated)).toMatchObject({
      by: 'source',
      records: [translated],
      unreached: ['10.1.2.50'],
    })
  })

  it('are told from one another where a port was used twice', () => {
    const twice = connections.map(it => ({ ...it, port: 40_000 }))
    const records = [second, first].map(it => ({ ...it, source: '10.1.1.7:40000' }))
    expect(findOurs(records, { ...matching, connections: twice })).toMatchObject({ found: 2, unreached: [] })
  })

  it('are found although an IPv4 address is written as an IPv6 one here', () => {
    const mapped = connections.map(it => ({ ...it, ip: '::ffff:10.1.1.7' }))
    expect(
      findOurs([others({ source: '10.1.9.9:40000' }), first], { ...matching, connections: mapped })?.records,
    ).toEqual([first])
  })

  it('are found although the clocks differ a little', () => {
    expect(find({ ...first, atMs: 96_000 })?.records).toHaveLength(1)
  })

  it('are waited for, each of them', () => {
    expect([hasAll([first, others()], matching), hasAll([first, second], matching)]).toEqual([false, true])
    expect(hasAll([others(), others({ atMs: 101_000 })], matching)).toBe(false)
  })

  it.each([
    ['those of another endpoint', { endpointId: 'vpce-other', source: '10.1.1.7:40000' }],
    ['older ones of others', { atMs: 99_000 }],
    ['ones of ours from long before', { atMs: 90_000, source: '10.1.1.7:40000' }],
  ])('are not %s', (_, changes) => {
    expect(find(others(changes))).toBeUndefined()
  })

  it.each([
    ['are proof when every address of the endpoint reached the writer', [first, second], 'proved'],
    [
      'disprove it where one of them reached another address',
      [{ ...first, resourceIp: '10.0.2.10' }, second],
      'disproved',
    ],
    ['disprove it whatever others reached', [{ ...first, resourceIp: '10.0.2.10' }, others()], 'disproved'],
    ['prove nothing of an address that none of them came in at', [first], 'incomplete'],
    [
      'prove it in spite of others that reached another address',
      [first, second, others({ resourceIp: '10.0.2.10' })],
      'proved',
    ],
    ['are not delivered where there is nothing since', [others({ atMs: 90_000 })], 'not-delivered'],
  ])('%s', (_, records, kind) => {
    expect(judge(...records).kind).toBe(kind)
  })

  it('prove nothing while the writer is not settled', () => {
    const proof = judgeProof([first, second], { why: 'unsettled' }, { ...matching, waitedMs: 1 })
    expect(proof.kind).toBe('nothing-to-compare')
  })

  it('prove it of a proxy with several addresses', () => {
    const proof = judgeProof(
      [first, { ...second, resourceIp: '10.0.2.9' }],
      { addresses: [writer, '10.0.2.9'] },
      {
        ...matching,
        waitedMs: 1,
      },
    )
    expect(proof.kind).toBe('proved')
  })

  it('are replaced by all through our endpoint since then where none shows our port, which is said', () => {
    const proof = judge(others(), others({ destinationIp: '10.1.2.50' }))
    expect(proof).toMatchObject({ kind: 'proved', matchedBy: 'endpoint', found: 0, connections: 2 })
    expect(showProof(proof)).toMatch(
      /^the access log has none of our 2 connections by their own port \(through a tunnel .*\), and connections through our endpoint since .*: the gateway reached 10\.0\.1\.10:5432, and that is the writer$/,
    )
  })

  it('are replaced by them where the log shows neither source nor destination', () => {
    expect(judge(aRecord())).toMatchObject({ kind: 'proved', matchedBy: 'endpoint' })
  })

  it('are not disproved by those of others', () => {
    const proof = judge(others(), others({ destinationIp: '10.1.2.50', resourceIp: '10.0.2.10' }))
    expect(proof).toMatchObject({ kind: 'incomplete', found: 0 })
    expect(showProof(proof)).toContain(
      'reached 10.0.2.10:5432, and the writer is 10.0.1.10; whether it was ours the log does not show',
    )
  })

  it('are counted in the sentence', () => {
    expect(showProof(judge(first, second))).toMatch(
      /^the access log has all 2 of our 2 connections by their own port: /,
    )
    expect(showProof(judge(first))).toContain(
      'has 1 of our 2 connections by its own port, and the log has no connection that came in at 10.1.2.50',
    )
  })
})

describe("lookups of the endpoint's own name", () => {
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
    [
      'are not known where all led the wrong way, and may still be from before',
      gateway(20),
      { nlb: 100, gateway: 0 },
      ['unknown'],
    ],
    ['warn where one led to a path of weight 0', [...nlb(19), ...gateway(1)], { nlb: 100, gateway: 0 }, ['warning']],
    ['warn where one led to a path that is left', [...nlb(1), ...gateway(19)], { nlb: 0, gateway: 100 }, ['warning']],
    ['are a problem where they lead elsewhere', [answer('10.0.1.10')], { nlb: 100, gateway: 0 }, ['problem']],
    ['are a problem where nobody answers', [answer()], { nlb: 100, gateway: 0 }, ['problem']],
    ['warn of answers that did not come', [...nlb(19), answer()], { nlb: 100, gateway: 0 }, ['warning', 'ok']],
    ['are told where the weights are not known', nlb(20), undefined, ['notice']],
  ])('%s', (_, answers, weights, severities) => {
    expect(judge(answers, weights)).toEqual(severities)
  })

  it('are a problem where all led the wrong way, and what was kept from before has run out', () => {
    const past = (answers: ReturnType<typeof answer>[]) => ({ ...tally('orders', answers, addresses), isPastTtl: true })
    expect(judgeLookups(past(gateway(20)), { nlb: 100, gateway: 0 })).toMatchObject([{ severity: 'problem' }])
    expect(judgeLookups(past(nlb(20)), { nlb: 0, gateway: 100 })).toMatchObject([{ severity: 'problem' }])
    expect(judgeLookups(past(nlb(20)), { nlb: 100, gateway: 0 })).toMatchObject([{ severity: 'ok' }])
    expect(longestTtlMs(past(gateway(2)))).toBe(60_000)
  })

  it("say nothing of clients where they were asked outside the consumer's VPC", () => {
    const lookups = { ...tally('orders', [answer('10.0.1.10')], addresses), isFromElsewhere: true }
    expect(judgeLookups(lookups, { nlb: 100, gateway: 0 })).toEqual([
      expect.objectContaining({ severity: 'notice', remedy: expect.stringContaining('--dns') }),
    ])
  })
})
