import { expect, it } from 'vitest'
import { judgeEndpointPath } from '../../../cli/checks/endpoint-path.ts'
import { type Judgement, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { PathFacts } from '../../../cli/facts/migration-facts.ts'
import type { PathName } from '../../../cli/facts/path-facts.ts'
import { gatewayPath, nlbPath } from '../migrate-facts.ts'

const stack = 'Repoint-consumer-analytics'
const deploy = {
  nlb: `Deploy ${stack} so that its interface endpoint is available, and accepted by the provider.`,
  gateway: `Deploy ${stack} so that its resource endpoint is available, and accepted by the provider.`,
}
const deniedTo = { kind: 'unknown', why: 'Not allowed: x.', action: 'x' } as const

// biome-ignore format: a table
it.each<[name: string, path: PathName, fact: Gathered<PathFacts> | undefined, expected: Judgement]>([
  ['gateway is there', 'gateway', known(gatewayPath), ok('The path through the gateway is there: vpce-gateway is available.')],
  ['load balancer is there, however AWS writes it', 'nlb', known({ ...nlbPath, state: 'Available' }),
    ok('The path through the load balancer is there: vpce-nlb is Available.')],
  ['gateway waits for its provider', 'gateway', known({ ...gatewayPath, state: 'pendingAcceptance' }),
    problem('The path through the gateway is not there: vpce-gateway is pendingAcceptance.', deploy.gateway)],
  ['load balancer was rejected', 'nlb', known({ ...nlbPath, state: 'rejected', dnsName: '', leads: false }),
    problem('The path through the load balancer is not there: vpce-nlb is rejected.', deploy.nlb)],
  ['gateway has no name yet', 'gateway', known({ ...gatewayPath, dnsName: '', leads: false }),
    unknown('vpce-gateway is available and AWS gives no name of it yet.', 'Try again in a minute.')],
  ['gateway has a record that leads elsewhere', 'gateway', known({ ...gatewayPath, leads: false }),
    problem('The path through the gateway is not there: vpce-gateway is available, and the record repoint-gateway leads elsewhere.',
      `Set the alias of repoint-gateway to ${gatewayPath.dnsName} in Route 53, as ${stack} had it.`)],
  ['load balancer has a record that leads elsewhere', 'nlb', known({ ...nlbPath, leads: false }),
    problem('The path through the load balancer is not there: vpce-nlb is available, and the record repoint-nlb leads elsewhere.',
      `Set the alias of repoint-nlb to ${nlbPath.dnsName} in Route 53, as ${stack} had it.`)],
  ['gateway has no endpoint', 'gateway', none('There is no resource endpoint.'), problem('There is no resource endpoint.', deploy.gateway)],
  ['load balancer has no endpoint', 'nlb', none('There is no interface endpoint.'), problem('There is no interface endpoint.', deploy.nlb)],
  ['gateway may not be looked at', 'gateway', deniedTo, unknown('Not allowed: x.', 'Allow x to whoever runs this; it only reads. What is not known stands against it.')],
  ['gateway could not be looked at', 'gateway', notKnown('throttled'), unknown('throttled', deploy.gateway)],
  ['load balancer is on a side that was not read', 'nlb', undefined,
    unknown("The path through the load balancer is not known: the consumer's side was not read.", deploy.nlb)],
])('the path through the %s', (_, path, fact, expected) => {
  expect(judgeEndpointPath(path, fact, stack)).toEqual(expected)
})
