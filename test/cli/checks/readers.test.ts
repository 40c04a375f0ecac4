import { expect, it } from 'vitest'
import { findingsOf, type Judgement, judgeAll, notice, ok, warning } from '../../../cli/checks/finding.ts'
import { readers } from '../../../cli/checks/readers.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { type Changes, consumer, database, soundFacts } from '../migrate-facts.ts'

const readerHostname = 'orders.cluster-ro-abc123.eu-west-1.rds.amazonaws.com'
const named = { ...consumer, gateway: { ...consumer.gateway, readerHostname } }
const cluster = { ...database, kind: 'cluster' as const }
const withReaders = { ...cluster, readers: { port: 5433, writerWhenAlone: true } }
const noName = (port: number) =>
  warning(
    `Clients reach readers on port ${port} of the load balancer; through the gateway they have another name, and the settings have none for them.`,
    'Set readerHostname (the cluster’s reader endpoint) in gateway of the consumer; from shift on the settings are refused without it. Reader clients change name and port themselves, before the first share.',
    sources.resourceAccess,
  )
const move = (port: number) =>
  notice(
    `Readers are on port ${port} of the load balancer's name and on ${readerHostname}:5432 through the gateway: the weights do not move them.`,
    'At shadow both work; move the reader clients’ connection string before shift, because the writer’s name then leads to the gateway, which has no such port.',
    sources.resourceAccess,
  )

it.each<[string, Changes, Judgement[]]>([
  ['an instance has none', { consumer: { ...named, readerPort: 5433 } }, []],
  ['nobody reaches one', { database: cluster }, [ok('No reader is reached through the load balancer.')]],
  [
    'they are reached through the gateway alone',
    { database: cluster, consumer: named },
    [ok(`Readers get the name ${readerHostname} on the gateway’s path from shadow on.`)],
  ],
  ['they have a port and no name', { database: cluster, consumer: { ...consumer, readerPort: 5434 } }, [noName(5434)]],
  ['they have the database’s port and no name', { database: withReaders }, [noName(5433)]],
  ['they have a port and a name', { database: cluster, consumer: { ...named, readerPort: 5434 } }, [move(5434)]],
  [
    'the consumer’s port goes before the database’s',
    { database: withReaders, consumer: { ...named, readerPort: 5434 } },
    [move(5434)],
  ],
])('of readers it is said where %s', (_, changes, expected) => {
  expect(judgeAll([readers], soundFacts(changes))).toEqual(findingsOf('readers', expected))
})

it('nothing is said of readers where nobody asks about a consumer', () => {
  const { consumer: _, ...ofProvider } = soundFacts({ database: withReaders })
  expect(judgeAll([readers], ofProvider)).toEqual([])
})
