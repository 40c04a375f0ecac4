import { describe, expect, it } from 'vitest'
import { type Association, pickNames } from '../../infra/custom-resources/endpoint-name.ts'
import { type Reply, runInline } from './inline-script.ts'

const writer = 'ledger.cluster-abc123def456.eu-west-1.rds.amazonaws.com'
const readers = 'ledger.cluster-ro-abc123def456.eu-west-1.rds.amazonaws.com'

const association = (name: string, more: Partial<Association> = {}): Association => ({
  dnsName: `${name}.vpc-lattice-rsc.eu-west-1.on.aws`,
  hostedZoneId: `Z${name.toUpperCase()}`,
  isChild: false,
  ...more,
})
const child = (name: string, domain?: string) => association(name, { isChild: true, domain })
const named = (name: string) => ({
  DnsName: `${name}.vpc-lattice-rsc.eu-west-1.on.aws`,
  HostedZoneId: `Z${name.toUpperCase()}`,
})

describe('the names of a resource endpoint', () => {
  it.each<[string, readonly Association[], unknown]>([
    ['nothing is there yet', [], undefined],
    ['the only one has no name yet', [association('a', { dnsName: undefined })], undefined],
    ['there is one alone', [association('a')], named('a')],
    ['a cluster’s writer is there', [child('r', readers), child('w', writer)], named('w')],
    ['a cluster’s readers came first', [child('r', readers)], undefined],
    ['a cluster’s names are not known', [child('a'), child('b')], undefined],
    ['the name is written another way', [child('w', `${writer.toUpperCase()}.`)], named('w')],
  ])('when %s', (_, found, expected) => {
    expect(pickNames({ EndpointId: 'vpce-0a', WriterHostname: writer }, found)).toEqual(expected)
  })

  it('are the readers’ too where they are asked for, and not one without the other', () => {
    const wanted = { EndpointId: 'vpce-0a', WriterHostname: writer, ReaderHostname: readers }
    expect(pickNames(wanted, [child('w', writer), child('r', readers)])).toEqual({
      ...named('w'),
      ReaderDnsName: named('r').DnsName,
      ReaderHostedZoneId: named('r').HostedZoneId,
    })
    expect(pickNames(wanted, [child('w', writer)])).toBeUndefined()
    expect(pickNames(wanted, [child('r', readers)])).toBeUndefined()
  })
})

const event = { ResourceProperties: { EndpointId: 'vpce-0a', WriterHostname: writer } }
const run = (reply: Reply, request: Record<string, unknown> = {}) =>
  runInline('custom-resources/endpoint-name-handler.ts', { ...event, ...request }, reply)

const ofGroup = (name: string) => ({
  DnsEntry: named(name),
  AssociatedResourceArn: `arn:${name}`,
  ResourceConfigurationGroupArn: 'arn:group',
})

describe('the deployed script', () => {
  it('waits for the association, and gives another endpoint another physical id', async () => {
    let looks = 0
    const { answer, calls, waitedMs } = await run(() => {
      looks += 1
      return { VpcEndpointAssociations: looks < 3 ? [] : [{ DnsEntry: named('a') }] }
    })
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'vpce-0a', Data: named('a') })
    expect(calls[0]).toEqual({
      command: 'DescribeVpcEndpointAssociations',
      input: { VpcEndpointIds: ['vpce-0a'] },
    })
    expect(waitedMs).toBe(10_000)
  })

  it('tells writer from readers by the name that each configuration stands for', async () => {
    const { answer } = await run(({ command, input }) =>
      command === 'GetResourceConfiguration'
        ? { customDomainName: input.resourceConfigurationIdentifier === 'arn:w' ? writer : readers }
        : { VpcEndpointAssociations: [ofGroup('r'), ofGroup('w')] },
    )
    expect(answer.Data).toEqual(named('w'))
  })

  it('fails in time with what it found where it may not read which is which', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' })
    const { answer, waitedMs } = await run(({ command }) =>
      command === 'GetResourceConfiguration' ? denied : { VpcEndpointAssociations: [ofGroup('r'), ofGroup('w')] },
    )
    expect(answer.Status).toBe('FAILED')
    expect(answer.Reason).toContain(
      `vpce-0a has no name yet for ${writer}; found ${named('r').DnsName} for an unknown name, ${named('w').DnsName}`,
    )
    expect(waitedMs).toBeLessThanOrEqual(640_000)
  })

  it('fails at once where VPC Lattice could not associate them', async () => {
    const { answer, waitedMs } = await run(() => ({
      VpcEndpointAssociations: [{ FailureCode: 'X', FailureReason: 'the share is gone' }],
    }))
    expect(answer.Reason).toContain('could not associate vpce-0a: the share is gone')
    expect(waitedMs).toBe(0)
  })

  it('does nothing when it is taken away', async () => {
    const { answer, calls } = await run(() => new Error('must not be called'), { RequestType: 'Delete' })
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'before' })
    expect(calls).toEqual([])
  })
})
