import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import type { SubnetFacts } from '../facts/vpc.ts'
import { type Check, type Judgement, missingFact, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const showCount = (addresses: number): string => `${addresses} free address${addresses === 1 ? '' : 'es'}`

const showFree = (subnets: readonly SubnetFacts[]): string =>
  subnets.map(it => `${it.id}: ${it.freeAddresses}`).join(', ')

export const databaseAddresses: Check<DoctorFacts> = {
  name: 'subnet-addresses',
  question: 'Do the database’s subnets have free addresses for a replaced host?',
  judge: ({ databaseSubnets }) =>
    whenKnown([databaseSubnets], subnets => {
      const full = subnets.filter(({ freeAddresses }) => freeAddresses < 4)
      if (full.length === 0) {
        const free = subnets.map(it => `${it.zone}: ${it.freeAddresses}`).join(', ')
        return [ok(`Every subnet of the database has free addresses (${free}).`)]
      }
      return full.map(({ id, zone, freeAddresses }) =>
        notice(
          `${id} in ${zone} has ${showCount(freeAddresses)}: host replacement, scaling and operating system upgrades need spare ones (RDS-EVENT-0425).`,
          'Add a larger subnet to the DB subnet group, and its zone to the load balancer.',
          sources.rdsEvents,
        ),
      )
    }),
}

export const gatewayAddresses: Check<PreflightFacts> = {
  name: 'gateway-addresses',
  question: 'Do the gateway’s subnets have the addresses that its interfaces take?',
  judge: ({ here, provider: { gateway }, database }) =>
    whenKnown([here.gatewaySubnets], subnets => {
      if (gateway.kind === 'none') return judgePlanned(subnets, database.gateway.ipv4AddressesPerEni)
      return whenKnown([gateway], ({ addressesPerInterface }) => {
        const free = showFree(subnets)
        const short = subnets.filter(it => it.freeAddresses < addressesPerInterface)
        return [
          short.length === 0
            ? ok(`The gateway has its addresses; free beside them: ${free}.`)
            : notice(
                `The gateway has its addresses; few are free beside them (${free}), and VPC Lattice may add interfaces under load.`,
                'Keep some free, or plan a gateway in larger subnets.',
                sources.resourceGateway,
              ),
        ]
      })
    }),
}

/** Before there is a gateway: `wanted` addresses for each of its interfaces. */
const judgePlanned = (subnets: readonly SubnetFacts[], wanted: number): readonly Judgement[] => {
  const full = subnets.filter(it => it.freeAddresses < wanted)
  if (full.length > 0) {
    return full.map(it =>
      problem(
        `${it.id} (${it.zone}, ${it.cidr}) has ${showCount(it.freeAddresses)}; each interface of the gateway takes ${wanted}.`,
        'Lower gateway.ipv4AddressesPerEni (1 serves 55,000 connections), leave the subnet out with gateway.subnetIds, or free addresses in it. Both settings are fixed afterwards.',
        sources.resourceGateway,
      ),
    )
  }
  const scarce = subnets.filter(it => it.freeAddresses < Math.max(16, 2 * wanted))
  if (scarce.length > 0) {
    return scarce.map(it =>
      warning(
        `${it.id} (${it.zone}) has ${showCount(it.freeAddresses)} and the gateway takes ${wanted} of them. UNCONFIRMED: others saw it take a consecutive block (16 as a /28) and fail where there was none.`,
        'Check that the free ones are not scattered (aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=…), or lower gateway.ipv4AddressesPerEni.',
        sources.resourceGateway,
      ),
    )
  }
  return [ok(`Each interface takes ${wanted} address${wanted === 1 ? '' : 'es'}; free: ${showFree(subnets)}.`)]
}

export const endpointAddresses: Check<PreflightFacts> = {
  name: 'endpoint-addresses',
  question: 'Does each of the resource endpoint’s subnets have a free address?',
  judge: ({ there, consumerSide }) =>
    there === undefined
      ? []
      : whenKnown([there.endpointSubnets], subnets => {
          const endpoint = consumerSide?.gateway
          const full = endpoint?.kind === 'known' ? [] : subnets.filter(it => it.freeAddresses < 1)
          // Whether it has its addresses already is not known.
          if (full.length > 0 && endpoint?.kind === 'unknown') return [missingFact(endpoint)]
          if (full.length === 0) return [ok(`Free in the resource endpoint’s subnets: ${showFree(subnets)}.`)]
          return full.map(it =>
            problem(
              `${it.id} (${it.zone}) of the consumer has no free address for the resource endpoint.`,
              'Free an address, or name another subnet of that zone: an endpoint’s subnets are fixed afterwards.',
              sources.resourceEndpoint,
            ),
          )
        }),
}
