import type { QueueFacts } from '../facts/dead-letters.ts'
import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const redeploy = 'Deploy the stack again.'

/** Where events end that could not be handled, and whether there are any. */
export const deadLetters: Check<DoctorFacts> = {
  name: 'dead-letters',
  question: 'Do events that are given up end in a queue, and is it empty?',
  judge: facts => {
    const judgements = [...judgeFunction(facts), ...judgeRules(facts), ...judgeQueues(facts)]
    return judgements.length > 0 ? judgements : [ok('Events that are given up end in a queue, and it is empty.')]
  },
}

/** A function or a rule that is not there is the matter of its own check. */
const judgeFunction = ({ lambda }: DoctorFacts): readonly Judgement[] =>
  lambda.kind === 'none'
    ? []
    : whenKnown([lambda], ({ onFailureArn }) =>
        whenKnown([onFailureArn], arn =>
          arn === undefined
            ? [
                warning(
                  'The function has no destination for events that Lambda gives up: they are lost.',
                  redeploy,
                  sources.asynchronous,
                ),
              ]
            : [],
        ),
      )

const judgeRules = ({ rules }: DoctorFacts): readonly Judgement[] =>
  rules.kind === 'none'
    ? []
    : whenKnown([rules], found => {
        const without = found.filter(({ targets }) => targets.some(it => it.deadLetterArn === undefined))
        if (without.length === 0) return []
        const names = without.map(({ name }) => name).join(', ')
        return [
          warning(
            `${without.length === 1 ? `The rule ${names} has` : `The rules ${names} have`} no dead-letter queue: an event that cannot be handed to Lambda is lost.`,
            redeploy,
            sources.asynchronous,
          ),
        ]
      })

const judgeQueues = ({ deadLetters: found, settings }: DoctorFacts): readonly Judgement[] =>
  found.kind === 'none'
    ? [warning(`There is no dead-letter queue. ${found.why}`, redeploy, sources.asynchronous)]
    : whenKnown([found], queues => queues.flatMap(queue => judgeQueue(queue, settings.id)))

const judgeQueue = ({ arn, messages, inFlight }: QueueFacts, id: string): readonly Judgement[] => {
  const count = messages + inFlight
  if (count === 0) return []
  const subject = count === 1 ? '1 event was given up and is' : `${count} events were given up and are`
  return [
    problem(
      `${subject} in ${arn.split(':').at(-1)}.`,
      `Read them (aws sqs receive-message), find out why, then repoint resync --database ${id} and purge the queue.`,
      sources.asynchronous,
    ),
  ]
}
