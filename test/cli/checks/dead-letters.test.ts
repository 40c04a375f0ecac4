import { expect, it } from 'vitest'
import { deadLetters } from '../../../cli/checks/dead-letters.ts'
import { findingsOf, type Judgement, judgeAll, ok, problem, unknown, warning } from '../../../cli/checks/finding.ts'
import { sources } from '../../../cli/checks/sources.ts'
import type { DoctorFacts } from '../../../cli/facts/doctor-facts.ts'
import { known, none, notKnown } from '../../../cli/facts/gathered.ts'
import { functionArn, lambda, rules, someFacts } from '../doctor-facts.ts'

const denied = notKnown('denied')
const isFine = ok('Events that are given up end in a queue, and it is empty.')
const noDestination = warning(
  'The function has no destination for events that Lambda gives up: they are lost.',
  'Deploy the stack again.',
  sources.asynchronous,
)
const noQueueOf = (subject: string) =>
  warning(
    `${subject} no dead-letter queue: an event that cannot be handed to Lambda is lost.`,
    'Deploy the stack again.',
    sources.asynchronous,
  )
const given = (subject: string) =>
  problem(
    `${subject} in repoint-orders-dead-letters.`,
    'Read them (aws sqs receive-message), find out why, then repoint resync --database orders and purge the queue.',
    sources.asynchronous,
  )
const queue = (messages: number, inFlight: number) => ({
  deadLetters: known([{ arn: 'arn:aws:sqs:eu-west-1:111122223333:repoint-orders-dead-letters', messages, inFlight }]),
})
const [events, blueGreen] = rules
const without = { arn: functionArn }
const withoutDestination = { lambda: known({ ...lambda, onFailureArn: known(undefined) }) }
const rulesOf = (...changes: object[]) => ({ rules: known(rules.map((it, index) => ({ ...it, ...changes[index] }))) })

it.each<[string, Partial<DoctorFacts>, Judgement[]]>([
  ['all end in an empty queue', {}, [isFine]],
  ['the function has no destination', withoutDestination, [noDestination]],
  ['there is no function, which is the matter of another check', { lambda: none('There is none.') }, [isFine]],
  ['the function may not be read', { lambda: denied }, [unknown('denied')]],
  ['its destination may not be read', { lambda: known({ ...lambda, onFailureArn: denied }) }, [unknown('denied')]],
  ['one rule has no queue', rulesOf({}, { targets: [without] }), [noQueueOf('The rule blue-green has')]],
  [
    'one of a rule’s targets has none',
    rulesOf({ targets: [...(events?.targets ?? []), without] }),
    [noQueueOf('The rule events has')],
  ],
  [
    'two rules have none',
    rulesOf({ targets: [without] }, { targets: [without, ...(blueGreen?.targets ?? [])] }),
    [noQueueOf('The rules events, blue-green have')],
  ],
  ['there are no rules, which is the matter of another check', { rules: none('There is none.') }, [isFine]],
  ['the rules may not be read', { rules: denied }, [unknown('denied')]],
  [
    'there is no queue',
    { deadLetters: none('repoint-orders-dead-letters does not exist.') },
    [
      warning(
        'There is no dead-letter queue. repoint-orders-dead-letters does not exist.',
        'Deploy the stack again.',
        sources.asynchronous,
      ),
    ],
  ],
  ['the queue may not be read', { deadLetters: denied }, [unknown('denied')]],
  ['one event waits', queue(1, 0), [given('1 event was given up and is')]],
  ['one event is being read', queue(0, 1), [given('1 event was given up and is')]],
  ['events wait and are being read', queue(2, 1), [given('3 events were given up and are')]],
  [
    'everything is wrong',
    { ...withoutDestination, ...rulesOf({ targets: [without] }), ...queue(2, 0) },
    [noDestination, noQueueOf('The rule events has'), given('2 events were given up and are')],
  ],
])('of events that are given up it is said where %s', (_, changes, expected) => {
  expect(judgeAll([deadLetters], someFacts(changes))).toEqual(findingsOf('dead-letters', expected))
})
