import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** Where lost events end, and whether some have. */
export const deadLetters: Check<DoctorFacts> = {
  name: 'dead-letters',
  question: 'Do events that are given up end in a queue, and is it empty?',
  judge: facts => {
    const judgements: Judgement[] = []
    if (facts.lambda.kind === 'known') {
      judgements.push(
        ...whenKnown([facts.lambda.value.onFailureArn], arn =>
          arn === undefined
            ? [
                warning(
                  'The function has no destination for events that Lambda gives up: they vanish.',
                  'Deploy the stack again.',
                  sources.asynchronous,
                ),
              ]
            : [],
        ),
      )
    }
    if (facts.rules.kind === 'known') {
      const without = facts.rules.value.filter(({ targets }) => targets.some(it => it.deadLetterArn === undefined))
      if (without.length > 0) {
        judgements.push(
          warning(
            `The rule ${without.map(({ name }) => name).join(', ')} has no dead-letter queue: an event that cannot be handed to Lambda vanishes.`,
            'Deploy the stack again.',
            sources.asynchronous,
          ),
        )
      }
    }
    if (facts.deadLetters.kind === 'none') {
      judgements.push(
        warning(
          `There is no dead-letter queue. ${facts.deadLetters.why}`,
          'Deploy the stack again.',
          sources.asynchronous,
        ),
      )
      return judgements
    }
    const inQueues = whenKnown([facts.deadLetters], queues =>
      queues.flatMap(({ arn, messages, inFlight }) => {
        const name = arn.split(':').at(-1)
        if (messages + inFlight === 0) return []
        return [
          problem(
            `${messages + inFlight} event${messages + inFlight === 1 ? ' was' : 's were'} given up and lie${messages + inFlight === 1 ? 's' : ''} in ${name}.`,
            `Read them (aws sqs receive-message), see why, then repoint resync --database ${facts.settings.id} and purge the queue.`,
            sources.asynchronous,
          ),
        ]
      }),
    )
    const all = [...judgements, ...inQueues]
    return all.length > 0 ? all : [ok('Events that are given up end in a queue, and it is empty.')]
  },
}
