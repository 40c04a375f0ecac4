import type { Gathered } from '../../doctor/gathered.ts'
import { exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'
import type { MigrationFacts, Way } from '../facts.ts'
import type { WayName, WayPlace } from './facts.ts'

/** The ways that the consumer has now. @throws CliError where there is none, or none through a gateway yet. */
export const waysOf = ({ database, consumerSide, consumer }: MigrationFacts): readonly WayPlace[] => {
  if (consumerSide === undefined || consumer === undefined) {
    throw new CliError(
      `${database.id} has no consumer in the settings, and a verification connects as one. Add it to \`consumers\`.`,
      exitCodes.usage,
    )
  }
  if (consumerSide.gateway.kind !== 'known') {
    throw new CliError(
      `${consumer.name} has no way through a resource gateway that could be verified: ${whyNot(consumerSide.gateway)} Deploy stage shadow first, provider and consumer.`,
      consumerSide.gateway.kind === 'none' ? exitCodes.notFound : exitCodes.failure,
    )
  }
  const ways: readonly (readonly [WayName, Gathered<Way>])[] = [
    ['nlb', consumerSide.nlb],
    ['gateway', consumerSide.gateway],
  ]
  return ways.flatMap(([way, fact]) => (fact.kind === 'known' ? [placeOf(way, fact.value)] : []))
}

const placeOf = (way: WayName, { endpointId, dnsName, port, securityGroupIds }: Way): WayPlace => ({
  way,
  endpointId,
  host: dnsName,
  port,
  securityGroupIds,
})

const whyNot = (fact: Exclude<Gathered<Way>, { kind: 'known' }>): string => fact.why
