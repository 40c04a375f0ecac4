import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetResourceConfigurationCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { readWriterConnections } from '../../cli/facts/access-log.ts'
import { RetiredError } from '../../cli/facts/deployed.ts'
import { readWriter, type WriterQuestion } from '../../cli/facts/writer-now.ts'

const logs = mockClient(CloudWatchLogsClient)
const lattice = mockClient(VPCLatticeClient)
const arn = (id: string) => `arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/${id}`
const line = (at: string, resourceIpPort: string, id: string) => ({
  message: JSON.stringify({
    eventTimestamp: at,
    vpcEndpointId: 'vpce-1',
    resourceIpPort,
    resourceConfigurationArn: arn(id),
  }),
})

beforeEach(() => {
  logs.reset()
  logs.onAnyCommand().rejects(new Error('not declared'))
  lattice.reset()
  lattice.onAnyCommand().rejects(new Error('not declared'))
  logs.on(FilterLogEventsCommand).resolves({
    events: [
      line('2026-11-21T02:01:00.000Z', '10.0.2.22:5432', 'rcfg-writer'),
      line('2026-11-21T02:00:00.000Z', '10.0.1.11:5432', 'rcfg-readers'),
      { message: 'no line of this log' },
    ],
  })
})

const span = { sinceMs: 1, untilMs: 2 }
const read = (kind: 'instance' | 'cluster') =>
  readWriterConnections(createClients({ region: 'eu-west-1' }), { id: 'orders', kind }, span)

describe('connections through the gateway to the writer', () => {
  it('are all of them where there are no readers, oldest first, whoever made them', async () => {
    expect((await read('instance')).map(({ resourceIp }) => resourceIp)).toEqual(['10.0.1.11', '10.0.2.22'])
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toEqual({
      logGroupName: '/aws/vendedlogs/repoint/orders/gateway',
      startTime: 1,
      endTime: 2,
      nextToken: undefined,
    })
  })

  it('are not those of a cluster’s readers, whose configuration has the reader endpoint’s name', async () => {
    const named = { writer: 'orders.cluster-abc.example', readers: 'orders.cluster-ro-abc.example' }
    for (const [id, customDomainName] of Object.entries(named)) {
      lattice
        .on(GetResourceConfigurationCommand, { resourceConfigurationIdentifier: arn(`rcfg-${id}`) })
        .resolves({ customDomainName })
    }

    expect((await read('cluster')).map(({ resourceIp }) => resourceIp)).toEqual(['10.0.2.22'])
  })

  it('are not known where AWS does not say which are the readers’', async () => {
    await expect(read('cluster')).rejects.toThrow('not declared')
  })
})

it('without a function nobody says where the writer is behind a hosted zone: another resolver has to', async () => {
  const question = {
    database: { id: 'orders', endpoint: 'orders.example.com' },
    dns: { resolve: async () => ({ kind: 'addresses', addresses: ['10.1.1.50'], ttlSeconds: 60, chain: [] }) },
    pathAddresses: ['10.1.1.50'],
    askFunction: async () => {
      throw new RetiredError('orders')
    },
  } as unknown as WriterQuestion

  expect(await readWriter(question)).toEqual({
    kind: 'unsettled',
    why: expect.stringContaining(
      'there is no function to ask: name a resolver outside the hosted zone with --provider-dns',
    ),
  })
})
