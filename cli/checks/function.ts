import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** Node.js 24 is what the artefact is built and tested for. */
const runtime = 'nodejs24.x'

export const lambda: Check<DoctorFacts> = {
  name: 'function',
  question: 'Is the function there, active, and the one that the stack deploys?',
  judge: facts => {
    if (facts.lambda.kind === 'none') {
      return [
        problem(`There is no function. ${facts.lambda.why}`, 'Deploy the stack, or check --region and --profile.'),
      ]
    }
    return whenKnown([facts.lambda], found => {
      const judgements: Judgement[] = []
      if (found.state !== 'Active' && found.state !== 'Inactive') {
        judgements.push(
          problem(
            `The function ${found.name} is ${found.state}${found.stateReason === undefined ? '' : `: ${found.stateReason}`}.`,
            'Deploy the stack again; a function in a VPC also fails where its subnets have no free addresses.',
            sources.states,
          ),
        )
      }
      if (found.lastUpdate === 'Failed') {
        judgements.push(
          warning(
            `The last update of ${found.name} failed: it runs older code or settings.`,
            'Deploy the stack again.',
            sources.states,
          ),
        )
      }
      if (found.runtime !== runtime) {
        judgements.push(
          warning(
            `${found.name} runs on ${found.runtime}; this version is built for ${runtime}.`,
            'Deploy the stack again.',
          ),
        )
      }
      return judgements.length > 0
        ? judgements
        : [
            ok(
              `${found.name} is ${found.state.toLowerCase()} on ${found.runtime}, changed ${found.lastModified}, code ${found.codeSha256.slice(0, 12)}.`,
            ),
          ]
    })
  },
}

export const concurrency: Check<DoctorFacts> = {
  name: 'function-concurrency',
  question: 'May the function run?',
  judge: facts =>
    whenKnown([facts.lambda], found =>
      whenKnown([found.reservedConcurrency], reserved => {
        if (reserved === 0) {
          return [
            problem(
              `${found.name} has a reserved concurrency of 0: it never runs.`,
              `aws lambda put-function-concurrency --function-name ${found.name} --reserved-concurrent-executions 1`,
              sources.concurrency,
            ),
          ]
        }
        if (reserved === undefined && facts.settings.function.reserveConcurrency) {
          return [
            notice(
              `${found.name} reserves no concurrency: other functions can use up the account's, and two reconcilers may run at once (which is safe).`,
              'Deploy the stack again, or set function.reserveConcurrency to false if that is meant.',
              sources.concurrency,
            ),
          ]
        }
        return [
          ok(
            reserved === undefined
              ? 'No concurrency is reserved, as the settings say.'
              : `${reserved} concurrent ${reserved === 1 ? 'run is' : 'runs are'} reserved.`,
          ),
        ]
      }),
    ),
}

/** The schedule's alias: one that stays behind on an old version runs old code every minute. */
export const version: Check<DoctorFacts> = {
  name: 'function-version',
  question: 'Do events and schedule run the same version?',
  judge: facts =>
    whenKnown([facts.lambda], found =>
      whenKnown([found.tickVersion], version => {
        if (version === undefined) {
          return [warning(`${found.name} has no alias tick, which the schedule calls.`, 'Deploy the stack again.')]
        }
        if (version === '$LATEST') return [ok('Events and schedule run the same version, $LATEST.')]
        return [
          warning(
            `The alias tick means version ${version}, events run $LATEST: the schedule may run older code.`,
            `aws lambda update-alias --function-name ${found.name} --name tick --function-version '$LATEST'`,
          ),
        ]
      }),
    ),
}
