import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, ok, problem, unknown } from './finding.ts'
import { sources } from './sources.ts'

const stay = 'This consumer stays with the load balancer’s endpoint service, which reaches other Regions.'

export const region: Check<PreflightFacts> = {
  name: 'region',
  question: 'Are consumer and database in one Region?',
  judge: ({ consumer, here, there }) => {
    if (consumer === undefined || there === undefined) return []
    if (consumer.serviceRegion !== undefined) {
      return [
        problem(
          `The consumer's service is in another Region (${consumer.serviceRegion}): a resource endpoint reaches its own Region only.`,
          stay,
          sources.resourceAccess,
        ),
      ]
    }
    if (here.region === undefined || there.region === undefined) {
      return [unknown('The Region of consumer or database is not known.', 'Set account and region in the settings.')]
    }
    return here.region === there.region
      ? [ok(`Consumer and database are both in ${here.region}.`)]
      : [
          problem(
            `The consumer is in ${there.region}, the database in ${here.region}: a resource endpoint reaches its own Region only.`,
            stay,
            sources.resourceAccess,
          ),
        ]
  },
}
