import { expect, it } from 'vitest'
import { autoPause } from '../../../cli/checks/auto-pause.ts'
import { type Judgement, ok, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { database, settingsOf, someFacts } from '../doctor-facts.ts'

const cluster = { ...settingsOf(), kind: 'cluster' } as const
const withCapacity = (minCapacity: number, pausesAfterSeconds?: number) =>
  known({
    ...database,
    serverless: { minCapacity, ...(pausesAfterSeconds === undefined ? {} : { pausesAfterSeconds }) },
  })
const pauses = (seconds: number, every: string) =>
  warning(
    `The minimum capacity is 0 ACU: the cluster pauses after ${seconds} s without connections, and resumes, in about 15 s, when one is asked for. The load balancer's health checks ask for one ${every}. UNCONFIRMED whether they keep it awake, and billed; where they do not, consumers' first connections fail or wait.`,
    "Set a minimum capacity of 0.5 ACU or more. To find out first: CloudWatch's ServerlessDatabaseCapacity of a day without consumers never shows 0 where the checks keep it awake.",
    sources.autoPause,
  )

it.each<[name: string, changes: Partial<DoctorFacts>, expected: Judgement[]]>([
  ['without a serverless member does not pause', {}, [ok('No member is serverless: the cluster does not pause.')]],
  [
    'with capacity left does not pause',
    { database: withCapacity(0.5, 600) },
    [ok('The minimum capacity is 0.5 ACU: the cluster does not pause.')],
  ],
  ['without capacity pauses after its own time', { database: withCapacity(0, 600) }, [pauses(600, 'every 10 s')]],
  ['without capacity pauses after AWS’s default', { database: withCapacity(0) }, [pauses(300, 'every 10 s')]],
  [
    'is probed, however often',
    { database: withCapacity(0), targetGroup: notKnown('denied') },
    [pauses(300, 'again and again')],
  ],
  ['is not known', { database: notKnown('denied') }, [unknown('denied')]],
])('a cluster that %s', (_, changes, expected) => {
  expect(autoPause.judge(someFacts({ settings: cluster, ...changes }))).toEqual(expected)
})

it.each(['instance', 'proxy', 'hostname'] as const)('is not asked of a database of kind %s', kind => {
  const settings = { ...settingsOf(), kind }

  expect(autoPause.judge(someFacts({ settings, database: withCapacity(0) }))).toEqual([])
  expect(autoPause.judge(someFacts({ settings, database: none('none') }))).toEqual([])
})
