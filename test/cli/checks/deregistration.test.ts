import { expect, it } from 'vitest'
import { deregistration } from '../../../cli/checks/deregistration.ts'
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
import { sources } from '../../../cli/checks/sources.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { arn, settingsOf, someFacts, targetGroup } from '../doctor-facts.ts'

const cluster = settingsOf({
  arn: arn.replace(':db:', ':cluster:'),
  endpoint: 'orders.cluster-abc123.eu-west-1.rds.amazonaws.com',
})
const group = (delay?: string, terminates?: string) =>
  known({
    ...targetGroup,
    attributes: {
      ...(delay === undefined ? {} : { 'deregistration_delay.timeout_seconds': delay }),
      ...(terminates === undefined ? {} : { 'deregistration_delay.connection_termination.enabled': terminates }),
    },
  })
const ended = (seconds: number) =>
  ok(
    `Connections to a deregistered target are ended after ${seconds} s. New ones may still arrive for about 2 minutes (reports of users; AWS gives no figure).`,
  )
const terminate = 'Set deregistration_delay.connection_termination.enabled=true on the target group.'
const hang = warning(
  'Connections to a deregistered target are kept: sessions with the old writer hang until their own timeout.',
  terminate,
  sources.attributes,
)
const readOnly = problem(
  'Connections to a deregistered target are kept: the old writer comes back as a reader on the same address, and its sessions go on with read-only errors.',
  terminate,
  sources.attributes,
)
const long = (seconds: number, what: string) =>
  warning(
    `The deregistration delay is ${seconds} s: for so long ${what}.`,
    'Set deregistration_delay.timeout_seconds to 0, at most 10, on the target group.',
    sources.attributes,
  )
const kept = 'sessions with the old writer are kept'
const draining = 'the old writer is draining'

it.each<[string, ReturnType<typeof group>, Judgement[], Judgement[]?]>([
  ['sessions are ended at once', group('0', 'true'), [ended(0)]],
  ['sessions are ended after 30 s', group('30', 'true'), [ended(30)]],
  ['sessions are ended after 31 s', group('31', 'true'), [long(31, kept)]],
  ['sessions are ended after AWS’s default', group(undefined, 'true'), [long(300, kept)]],
  ['sessions are kept', group('0', 'false'), [hang], [readOnly]],
  ['the group says nothing', group(), [hang, long(300, draining)], [readOnly, long(300, draining)]],
])('of deregistration it is said where %s', (_, facts, expected, ofCluster = expected) => {
  const judge = (changes: object) => judgeAll([deregistration], someFacts({ targetGroup: facts, ...changes }))
  expect(judge({})).toEqual(findingsOf('deregistration', expected))
  expect(judge({ settings: cluster })).toEqual(findingsOf('deregistration', ofCluster))
})

it('is not judged where the target group is not known', () => {
  const judge = (facts: ReturnType<typeof notKnown>) => judgeAll([deregistration], someFacts({ targetGroup: facts }))
  expect(judge(notKnown('denied'))).toEqual(findingsOf('deregistration', [unknown('denied')]))
  expect(judge(none('There is none.'))).toEqual(findingsOf('deregistration', [notice('There is none.')]))
})
