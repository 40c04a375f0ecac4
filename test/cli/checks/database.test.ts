import { describe, expect, it } from 'vitest'
import { databaseStatus, engine, standby } from '../../../cli/checks/database.ts'
import { type Judgement, notice, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, settingsOf, someFacts } from '../doctor-facts.ts'

const of = (kind: DoctorFacts['settings']['kind'], changes: Partial<DoctorFacts['settings']> = {}) => ({
  ...settingsOf(),
  kind,
  ...changes,
})
const that = (changes: object) => known({ ...database, ...changes })
const hostname = { settings: of('hostname'), database: none('A host name has no RDS database that could be asked.') }
const noDatabase = [notice('A host name has no RDS database that could be asked.')]

describe('the status of a database', () => {
  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement[]]>([
    ['available', {}, [ok('RDS reports the database as available.')]],
    [
      'another one',
      { database: that({ status: 'rebooting' }) },
      [
        warning(
          'RDS reports the database as rebooting.',
          'Check its recent events: repoint history shows them beside the repoints.',
        ),
      ],
    ],
    [
      'none, as it is not there',
      { database: none('DBInstanceNotFound.') },
      [
        problem(
          'There is no such database. DBInstanceNotFound.',
          'Correct arn or id in repoint.json, or check --region and --profile.',
        ),
      ],
    ],
    ['none of a host name', hostname, noDatabase],
    ['not known', { database: notKnown('denied') }, [unknown('denied')]],
  ])('is %s', (_, changes, expected) => {
    expect(databaseStatus.judge(someFacts(changes))).toEqual(expected)
  })
})

describe('a standby', () => {
  const single = warning(
    'The cluster has a single instance: after a failure AWS creates a new one, which typically takes up to 10 minutes.',
    'Add a reader in another zone.',
    sources.auroraAvailability,
  )

  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement[]]>([
    ['there with Multi-AZ', {}, [ok('The instance is Multi-AZ.')]],
    [
      'missing without it',
      { database: that({ isMultiAz: false, instances: 2 }) },
      [
        warning(
          'The instance is not Multi-AZ: after a failure it is recovered in the same zone, about 10 minutes in reports; RDS-EVENT-0013 never comes.',
          'Convert it to Multi-AZ (no downtime).',
          sources.multiAz,
        ),
      ],
    ],
    [
      'there in a cluster of two',
      { settings: of('cluster'), database: that({ instances: 2, isMultiAz: false }) },
      [ok('The cluster has 2 instances.')],
    ],
    ['missing in a cluster of one', { settings: of('cluster'), database: that({ instances: 1 }) }, [single]],
    [
      'not the matter of a proxy',
      { settings: of('proxy'), database: that({ isMultiAz: false }) },
      [ok('The proxy keeps its addresses through its database’s failovers.')],
    ],
    ['not the matter of a host name', hostname, noDatabase],
    ['not known', { database: notKnown('denied') }, [unknown('denied')]],
  ])('is %s', (_, changes, expected) => {
    expect(standby.judge(someFacts(changes))).toEqual(expected)
  })
})

describe('the engine', () => {
  it.each<[said: DoctorFacts['settings']['engine'], found: string, isSame: boolean]>([
    ['postgres', 'postgres', true],
    ['postgres', 'aurora-postgresql', false],
    ['postgres', 'mysql', false],
    ['mysql', 'aurora-mysql', false],
    ['sqlserver', 'sqlserver-ee', true],
    ['oracle', 'oracle-se2', true],
    ['other', 'docdb', true],
    ['other', 'neptune', true],
    ['other', 'postgres', false],
    ['postgres', 'docdb', false],
    ['mysql', 'proxy', true],
  ])('of the settings is %s, and RDS’s %s: the same is %s', (said, found, isSame) => {
    const facts = someFacts({ settings: of('instance', { engine: said }), database: that({ engine: found }) })

    expect(engine.judge(facts)).toEqual([
      isSame
        ? ok(`The engine is ${found}.`)
        : notice(
            `The engine is ${found}, repoint.json has ${said}: health checks are chosen by it.`,
            'Correct engine in repoint.json.',
          ),
    ])
  })

  it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement[]]>([
    ['not known', { database: notKnown('denied') }, [unknown('denied')]],
    ['none that RDS knows, of a host name', hostname, noDatabase],
  ])('is %s', (_, changes, expected) => {
    expect(engine.judge(someFacts(changes))).toEqual(expected)
  })
})
