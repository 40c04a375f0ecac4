import { describe, expect, it } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { judgeConsumerSide } from '../../cli/checks/consumer-side.ts'
import { type ConsumerSide, gatherConsumerSide } from '../../cli/facts/consumer-side.ts'
import { known, none, notKnown } from '../../cli/facts/gathered.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aConsumer, anInstance } from '../infra/settings-fixture.ts'

const peered = 'vpc-0b0b0b0b0b0b0b0b0'
const [consumer] = parseSettings(
  'test',
  JSON.stringify({ databases: [anInstance()], consumers: [aConsumer({ peeredVpcIds: [peered] })] }),
).consumers
if (consumer === undefined) throw new Error('the entry gave no consumer')
const { vpcId: own, hostname } = consumer

const zone = (id = 'Z1', owner = '444455556666') => known({ id, name: `${hostname}.`, owner })
const sound: ConsumerSide = {
  endpoints: known([]),
  weights: known({ nlb: 100 }),
  zones: [
    { vpcId: own, zone: zone() },
    { vpcId: peered, zone: zone() },
  ],
}
const inPeered = (it: ConsumerSide['zones'][number]['zone']) => [
  { vpcId: own, zone: zone() },
  { vpcId: peered, zone: it },
]

type Case = readonly [severity: string, says: string, side: Partial<ConsumerSide>]

// biome-ignore format: a table
const cases: readonly Case[] = [
  ['ok', `The hosted zone ${hostname} (Z1) answers in ${own}, ${peered}.`, {}],
  ['ok', 'Its record leads every new connection through the load balancer.', {}],
  ['ok', 'Its record leads every new connection through the gateway.', { weights: known({ gateway: 100 }) }],
  ['notice', 'Its records lead new connections by weight: load balancer 90, gateway 10.', { weights: known({ nlb: 90, gateway: 10 }) }],
  ['problem', `${peered} sees no hosted zone ${hostname}: there RDS's own name means the database's own address`, { zones: inPeered(none('x')) }],
  ['problem', `${peered} sees another hosted zone ${hostname} (Z2, of 1) than ${own} (Z1).`, { zones: inPeered(zone('Z2', '1')) }],
  ['unknown', 'denied', { zones: inPeered(notKnown('denied')) }],
  ['problem', `${own} sees no hosted zone`, { zones: [{ vpcId: own, zone: none('x') }] }],
]

describe('what AWS shows of a consumer’s side', () => {
  it.each(cases)('%s: %s', (severity, says, changes) => {
    const findings = judgeConsumerSide(consumer, { ...sound, ...changes })
    expect(findings.map(it => [it.check, it.severity, it.fact])).toContainEqual([
      'consumer-zone',
      severity,
      expect.stringContaining(says),
    ])
  })

  it('says nothing of records that are not there', () => {
    expect(judgeConsumerSide(consumer, { ...sound, weights: known({}) })).toHaveLength(1)
    expect(judgeConsumerSide(consumer, { ...sound, weights: none('no zone') })).toHaveLength(1)
  })

  it('is not known on a machine without credentials, which goes on without it', async () => {
    const refused = Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    })
    const asked = async () => {
      throw refused
    }
    const clients = () => ({ ...createClients({ region: 'eu-west-1' }), ec2: asked, route53: asked })
    const side = await gatherConsumerSide(clients, consumer)

    expect(side.endpoints).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('AWS cannot be asked from here'),
    })
    expect(judgeConsumerSide(consumer, side).map(({ severity }) => severity)).toEqual(['unknown'])
    await expect(gatherConsumerSide(clients, consumer, { hasProfile: true })).rejects.toThrow('credentials')
  })
})
