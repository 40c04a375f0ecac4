import type { Gathered } from '../facts/gathered.ts'
import type { PathFacts } from '../facts/migration-facts.ts'
import type { PathName } from '../facts/path-facts.ts'
import { type Judgement, ok, problem, unknown } from './finding.ts'
import { judgeRequired } from './required.ts'

const titles = { nlb: 'path through the load balancer', gateway: 'path through the gateway' } as const
const endpoints = { nlb: 'interface endpoint', gateway: 'resource endpoint' } as const

/**
 * Whether clients can come along a path: its endpoint is available, and its record of the hosted zone leads there.
 *
 * @param stack what to deploy where it is not so
 */
export const judgeEndpointPath = (path: PathName, fact: Gathered<PathFacts> | undefined, stack: string): Judgement => {
  const deploy = `Deploy ${stack} so that its ${endpoints[path]} is available, and accepted by the provider.`
  const not = (why: string, remedy = deploy) => problem(`The ${titles[path]} is not there: ${why}.`, remedy)
  if (fact === undefined) return unknown(`The ${titles[path]} is not known: the consumer's side was not read.`, deploy)
  return judgeRequired(fact, deploy, ({ endpointId, dnsName, state, leads }) => {
    if (state.toLowerCase() !== 'available') return not(`${endpointId} is ${state}`)
    if (dnsName === '')
      return unknown(`${endpointId} is ${state} and AWS gives no name of it yet.`, 'Try again in a minute.')
    if (leads) return ok(`The ${titles[path]} is there: ${endpointId} is ${state}.`)
    return not(
      `${endpointId} is ${state}, and the record repoint-${path} leads elsewhere`,
      `Set the alias of repoint-${path} to ${dnsName} in Route 53, as ${stack} had it.`,
    )
  })
}
