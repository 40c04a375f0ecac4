import { expect, it } from 'vitest'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { iamAuthentication } from '../../../cli/checks/iam-authentication.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { known, notKnown } from '../../../cli/facts/gathered.ts'
import { aDatabase, type Changes, consumer, database, soundFacts } from '../migrate-facts.ts'

const hasTokens = { database: known({ ...aDatabase, hasIamAuthentication: true }) }
const ownName: Changes = { consumer: { ...consumer, dnsName: 'db.example.com' } }

// biome-ignore format: a table
it.each<[name: string, changes: Changes, expected: readonly Judgement[]]>([
  ['nobody uses', {}, [ok('IAM database authentication is off: no token depends on the name.')]],
  ['nobody uses, whatever the name', ownName, [ok('IAM database authentication is off: no token depends on the name.')]],
  ['are signed for the name that clients connect to', { provider: hasTokens },
    [ok('IAM database authentication is on; clients connect to orders.abc123.eu-west-1.rds.amazonaws.com, which their tokens are signed for, on both paths.')]],
  ['are refused for another name', { ...ownName, provider: hasTokens },
    [problem('IAM database authentication is on and the consumer connects to db.example.com: a token signed for a name of your own is refused.',
      'Sign tokens for orders.abc123.eu-west-1.rds.amazonaws.com and connect by db.example.com, or leave dnsName out so that the zone has the database’s own name.',
      sources.iamTokens)]],
  ['do not exist for a host name', { ...ownName, provider: hasTokens, database: { ...database, kind: 'hostname' } }, []],
  ['are not judged where the database may not be read', { provider: { database: notKnown('denied') } }, [unknown('denied')]],
])('IAM tokens %s', (_, changes, expected) => {
  expect(iamAuthentication.judge(soundFacts(changes))).toEqual(expected)
})

it('IAM tokens stay valid where nobody named a consumer: the name is the database’s own', () => {
  const { consumer: _, ...facts } = soundFacts({ provider: hasTokens })
  expect(iamAuthentication.judge(facts).map(({ severity }) => severity)).toEqual(['ok'])
  expect([iamAuthentication.name, iamAuthentication.question]).toEqual([
    'iam-authentication',
    'Do IAM tokens stay valid for the name that clients use?',
  ])
})
