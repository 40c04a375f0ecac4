import { locateBy } from '../client/locate.ts'
import { tryPath } from '../client/path-probe.ts'
import { instanceOf } from '../cloud/blue-green-switchover.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { untilServed } from '../cloud/served.ts'
import * as fixture from '../fixture.ts'
import { outageAtMost, reported } from './expectations.ts'
import { knownMs, openStage } from './migration-play.ts'
import { templatesFor } from './migration-templates.ts'
import { momentOf } from './run-queries.ts'
import type { Expectation, RunRecord, Scenario } from './scenario.ts'
import { listenAsStranger, strangerMet } from './stranger.ts'

/**
 * A consumer in a VPC with the provider's own network, 10.0.0.0/16, which no peering could join to it. The endpoint has
 * addresses of that network, and at the database's addresses stand hosts of the consumer's. RDS's names are public DNS:
 * without the hosted zone the name leads there.
 */

const stage = { stage: 'nlb', from: 'nlb' } as const
const templates = templatesFor('instance', 'swap', [stage])

const moments = {
  before: 'Connections that a host of the consumer’s own network got',
  without: 'Without the hosted zone the name leads elsewhere',
} as const

const inProvidersNetwork = (ip: string): string => ip.replace(/^10\.1\./, '10.0.')

/** The endpoint's interfaces as they would be in a VPC of the provider's network. */
const shareTheNetwork = async ({ resources, consumer }: Cloud): Promise<void> => {
  const all = resources.vpcEndpoints.splice(0)
  resources.vpcEndpoints.push(
    ...all.map(endpoint => ({
      ...endpoint,
      addresses: (endpoint.addresses ?? []).map(inProvidersNetwork),
      names: (endpoint.names ?? []).map(name => ({
        ...name,
        addresses: (name.addresses ?? []).map(inProvidersNetwork),
      })),
    })),
  )
  await consumer.endpoints.follow()
  consumer.zones.settle()
}

/** Where a client of the consumer's gets now, and whether the database answers. */
const visit = async ({ consumer, connect, time }: Cloud): Promise<{ ip: string; answers: boolean }> => {
  const ip = await locateBy({ hostname: fixture.endpoints.instance, server: consumer.dns.address, time })()
  const found = await tryPath(consumer.network.connectTo(ip, fixture.port), time, connect)
  return { ip, answers: found === 'writer' || found === 'reader' }
}

const play = async (cloud: Cloud, pause: () => () => void): Promise<void> => {
  const { timeline, time, resources, consumer } = cloud
  const visits = () => timeline.moments.filter(({ what }) => what === strangerMet).length
  const hosts = fixture.hosts.instance.map(ip => listenAsStranger({ network: consumer.network, timeline }, ip))
  const strangers = await Promise.all(hosts)
  try {
    await instanceOf(cloud).failover()
    await untilServed(cloud, 'swap')
    timeline.record('lab', moments.before, { visits: visits() })
    // The application waits meanwhile: what is shown is where the name leads, and not an outage.
    const resume = pause()
    const zones = resources.hostedZones.splice(0)
    consumer.zones.settle()
    timeline.record('lab', moments.without, { ...(await visit(cloud)), visits: visits() })
    resources.hostedZones.push(...zones)
    consumer.zones.settle()
    await time.sleep(knownMs)
    resume()
  } finally {
    for (const stranger of strangers) await stranger.close()
  }
}

const expectations = (record: RunRecord): Expectation[] => {
  const of = (what: string) => momentOf(record, what)?.fields ?? {}
  const [before, without] = [of(moments.before), of(moments.without)]
  return [
    reported(record, 'failover-followed'),
    {
      what: 'no connection goes to a host of the consumer’s own network, before the failover or after it',
      holds: before.visits === 0,
      found: `${before.visits}`,
    },
    {
      what: 'without the hosted zone the name leads to such a host, which is not the database',
      holds: without.ip === record.writerIp && without.answers === false && Number(without.visits) > 0,
      found: `${without.ip}, the database answers: ${without.answers}`,
    },
    outageAtMost(record, record.registrationMs / 1_000 + 70),
  ]
}

export const sameNetwork: Scenario = {
  name: 'same-network',
  database: 'instance',
  promise:
    'A consumer whose VPC has the provider’s own network comes through its endpoint and follows the failover; without the hosted zone the name would lead to a host of its own.',
  open: async cloud => {
    await openStage(cloud, templates, stage)
    await shareTheNetwork(cloud)
  },
  play: (cloud, { application }) => play(cloud, application.pause),
  expectations,
}
