import type { Judgement } from '../../checks/finding.ts'
import { problem } from '../../checks/finding.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { Gathered } from '../../facts/gathered.ts'
import type { MigrationFacts, PathFacts } from '../../facts/migration-facts.ts'
import type { PathName, PathTarget } from '../../facts/path-facts.ts'
import { CliError } from '../../failure.ts'

/** The paths that the consumer has now. @throws CliError where there is none, or none through a gateway yet. */
export const pathsOf = ({ database, consumerSide, consumer }: MigrationFacts): readonly PathTarget[] => {
  if (consumerSide === undefined || consumer === undefined) {
    throw new CliError(
      `${database.id} has no consumer in the settings, and a verification connects as one. Add it to \`consumers\`.`,
      exitCodes.usage,
    )
  }
  const gateway = named(consumerSide.gateway)
  if (gateway.kind !== 'known') throw whyNoGatewayPath(consumer.name, gateway)
  return [...placesOf('nlb', named(consumerSide.nlb)), ...placesOf('gateway', gateway)]
}

/** The path through the load balancer, where it should be there and is not among the paths: a verification of one path is not of both. */
export const judgeUnseen = ({ consumerSide, database }: MigrationFacts): readonly Judgement[] => {
  if (consumerSide === undefined) return []
  const { zone } = consumerSide
  const nlb = named(consumerSide.nlb)
  if (nlb.kind === 'known') return []
  if (nlb.kind === 'unknown')
    return [unknown(`The path through the load balancer was not looked at: ${nlb.why}`, nlb.action)]
  if (zone.kind === 'unknown') {
    return [unknown(`${nlb.why} Whether a record still leads there is not known: ${zone.why}`, zone.action)]
  }
  const weight = zone.kind === 'known' ? zone.value.weights.nlb : undefined
  if (weight === undefined) return []
  return [
    problem(
      `The record repoint-nlb (weight ${weight}) is there, and its endpoint is not: ${nlb.why}`,
      weight > 0
        ? `That share of new connections fails: \`repoint migrate shift 100 --apply -d ${database.id}\`, then deploy the consumer's stack.`
        : "There is nothing to go back to now: deploy the consumer's stack; serviceName has to be that of the provider's endpoint service.",
    ),
  ]
}

/** An endpoint that was just made may not have its names yet: no name is no path that could be looked at. */
const named = (path: Gathered<PathFacts>): Gathered<PathFacts> =>
  path.kind === 'known' && path.value.dnsName === ''
    ? { kind: 'unknown', why: `AWS gives no name of ${path.value.endpointId} yet (it is ${path.value.state}).` }
    : path

const whyNoGatewayPath = (consumer: string, gateway: Exclude<Gathered<PathFacts>, { kind: 'known' }>): CliError => {
  if (gateway.kind === 'none') {
    return new CliError(
      `${consumer} has no path through a resource gateway that could be verified: ${gateway.why} Deploy stage shadow first, provider and consumer.`,
      exitCodes.notFound,
    )
  }
  const { why, action } = gateway
  const remedy = action === undefined ? 'Look again.' : `Allow ${action} to whoever runs this; it only reads.`
  return new CliError(
    `Whether ${consumer} has a path through a resource gateway is not known: ${why} ${remedy}`,
    action === undefined ? exitCodes.failure : exitCodes.noAccess,
  )
}

const unknown = (fact: string, action: string | undefined): Judgement => ({
  severity: 'unknown',
  fact,
  remedy:
    action === undefined ? 'Verify again when it can be seen.' : `Allow ${action} to whoever runs this; it only reads.`,
})

const placesOf = (path: PathName, fact: Gathered<PathFacts>): PathTarget[] => {
  if (fact.kind !== 'known') return []
  const { endpointId, dnsName, port, securityGroupIds } = fact.value
  return [{ path, endpointId, host: dnsName, port, securityGroupIds }]
}
