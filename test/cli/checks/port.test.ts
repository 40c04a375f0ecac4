import { expect, it } from 'vitest'
import {
  findingsOf,
  type Judgement,
  judgeAll,
  notice,
  ok,
  problem,
  unknown,
  warning,
} from '../../../cli/checks/finding.ts'
import { clientPort, endpoint, tcpOnly } from '../../../cli/checks/port.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DatabaseFacts } from '../../../cli/facts/database.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, someFacts, targetGroup } from '../doctor-facts.ts'
import { type Changes, consumer, settingsBehindShared, settingsWith, soundFacts } from '../migrate-facts.ts'

const name = 'orders.abc123.eu-west-1.rds.amazonaws.com'
const found = (changes: Partial<DatabaseFacts>) => known({ ...database, ...changes })
const { endpoint: _, port: __, ...starting } = database
const asWritten = ok(`Endpoint and port are those of repoint.json: ${name}:5432.`)
const remedy =
  'Correct repoint.json and deploy, unless you use a name of your own on purpose (a CNAME, a reader endpoint, a custom endpoint).'

it.each<[string, Gathered<DatabaseFacts>, Judgement[]]>([
  ['those of the database', found({}), [asWritten]],
  ['written in another case', found({ endpoint: name.toUpperCase() }), [asWritten]],
  ['not shown while it starts', known(starting), [asWritten]],
  [
    'of another name',
    found({ endpoint: 'other.rds' }),
    [warning(`Of the database orders, its endpoint is other.rds, repoint.json has ${name}.`, remedy)],
  ],
  [
    'of another port',
    found({ port: 5433 }),
    [problem('Of the database orders, its port is 5433, repoint.json has 5432.', remedy)],
  ],
  [
    'of another name and port',
    found({ endpoint: 'other.rds', port: 5433 }),
    [
      problem(
        `Of the database orders, its endpoint is other.rds, repoint.json has ${name}; its port is 5433, repoint.json has 5432.`,
        remedy,
      ),
    ],
  ],
  ['not known', notKnown('denied'), [unknown('denied')]],
  ['not to be asked for', none('A host name.'), [notice('A host name.')]],
])('endpoint and port of the settings are %s', (_name, facts, expected) => {
  expect(judgeAll([endpoint], someFacts({ database: facts }))).toEqual(findingsOf('endpoint', expected))
})

/** Settings of one file with the consumer's would be refused beyond nlb; a consumer may have a file of its own. */
const listening = (listenerPort: number, ofDatabase: object = {}) =>
  settingsWith(
    {
      frontDoor: { kind: 'create', listenerPort, databaseSecurityGroupId: false },
      gateway: { stage: 'nlb' },
      ...ofDatabase,
    },
    { gateway: { stage: 'nlb' } },
  ).database
const ofOthers = { frontDoor: { kind: 'existing', targetGroupArn: targetGroup.arn } }
const other = (port: number, own: number, shared = '') =>
  problem(
    `Clients connect to port ${port}, the database listens on ${own}: the gateway has no other port, and weights move no port.`,
    `First let the load balancer listen on ${own} (frontDoor.listenerPort${shared}) and change the clients’ connection strings.`,
    sources.configuration,
  )
const { consumer: ___, ...ofProvider } = soundFacts()

it.each<[string, Changes, Judgement[]]>([
  ['the database’s own', {}, [ok('Clients connect to port 5432 on both paths.')]],
  ['another than the load balancer’s', { consumer: { ...consumer, port: 6432 } }, [other(6432, 5432)]],
  ['the database’s, and the load balancer’s is another', { database: listening(6432) }, [other(6432, 5432)]],
  [
    'another, and so is the load balancer’s',
    { database: listening(6432, { engine: 'mysql' }), consumer: { ...consumer, port: 7432 } },
    [other(6432, 3306)],
  ],
  [
    'another on a load balancer of somebody else, which listens there',
    { database: settingsWith(ofOthers).database, consumer: { ...consumer, port: 6432 } },
    [other(6432, 5432)],
  ],
  [
    'the database’s on a load balancer of somebody else',
    settingsWith(ofOthers),
    [ok('Clients connect to port 5432 on both paths.')],
  ],
  [
    'another on a load balancer that databases share',
    { database: settingsBehindShared().database, consumer: { ...consumer, port: 6432 } },
    [other(6432, 5432, ', which one database of a shared load balancer can have')],
  ],
])('the clients’ port is %s', (_name, changes, expected) => {
  expect(judgeAll([clientPort], soundFacts(changes))).toEqual(findingsOf('port', expected))
})

it('nothing is said of the clients’ port where nobody asks about a consumer', () => {
  expect(judgeAll([clientPort], ofProvider)).toEqual([])
})

it.each<[string, Judgement]>([
  ['postgres', ok('postgres uses TCP on port 5432, which is all that a gateway carries.')],
  ['mysql', ok('mysql uses TCP on port 3306, which is all that a gateway carries.')],
  [
    'sqlserver',
    notice(
      'sqlserver uses TCP on port 1433; SQL Server Browser (UDP 1434), which finds named instances, does not pass through a gateway.',
      'Name the port in the connection string instead of an instance.',
      sources.configuration,
    ),
  ],
])('of the protocol of %s it is said whether a gateway carries it', (engine, expected) => {
  expect(judgeAll([tcpOnly], soundFacts(settingsWith({ engine })))).toEqual(findingsOf('tcp-only', [expected]))
})
