import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'

export const gatewayAddresses: Check<PreflightFacts> = {
  name: 'gateway-addresses',
  question: 'Have the gateway’s subnets the addresses that its interfaces take?',
  judge: ({ here, provider, database }) =>
    whenKnown([here.gatewaySubnets], subnets => {
      const free = subnets.map(it => `${it.id}: ${it.freeAddresses}`).join(', ')
      const { gateway } = provider
      if (gateway.kind === 'known') {
        const short = subnets.filter(it => it.freeAddresses < gateway.value.addressesPerInterface)
        return [
          short.length === 0
            ? ok(`The gateway has its addresses; free beside them: ${free}.`)
            : notice(
                `The gateway has its addresses; few are free beside them (${free}), and VPC Lattice may add interfaces under load.`,
                'Keep some free, or plan a gateway in larger subnets.',
                sources.gateway,
              ),
        ]
      }
      const wanted = database.gateway.ipv4AddressesPerEni
      const full = subnets.filter(it => it.freeAddresses < wanted)
      if (full.length > 0) {
        return full.map(it =>
          problem(
            `${it.id} (${it.zone}, ${it.cidr}) has ${it.freeAddresses} free addresses; each interface of the gateway takes ${wanted}.`,
            'Lower gateway.ipv4AddressesPerEni (1 serves 55,000 connections), leave the subnet out with gateway.subnetIds, or give it room. Both are fixed afterwards.',
            sources.gateway,
          ),
        )
      }
      const scarce = subnets.filter(it => it.freeAddresses < Math.max(16, 2 * wanted))
      if (scarce.length > 0) {
        return scarce.map(it =>
          warning(
            `${it.id} (${it.zone}) has ${it.freeAddresses} free addresses and the gateway takes ${wanted} of them. UNCONFIRMED: others saw it take a consecutive block (16 as a /28) and fail where there was none.`,
            'See that the free ones are not scattered (aws ec2 describe-network-interfaces --filters Name=subnet-id,Values=…), or lower gateway.ipv4AddressesPerEni.',
            sources.gateway,
          ),
        )
      }
      return [ok(`Each interface takes ${wanted} addresses; free: ${free}.`)]
    }),
}

export const endpointAddresses: Check<PreflightFacts> = {
  name: 'endpoint-addresses',
  question: 'Have the resource endpoint’s subnets a free address each?',
  judge: ({ there, consumerSide }) =>
    there === undefined
      ? []
      : whenKnown([there.endpointSubnets], subnets => {
          const isThere = consumerSide?.gateway.kind === 'known'
          const full = isThere ? [] : subnets.filter(it => it.freeAddresses < 1)
          if (full.length === 0) {
            return [
              ok(
                `Free in the resource endpoint’s subnets: ${subnets.map(it => `${it.id}: ${it.freeAddresses}`).join(', ')}.`,
              ),
            ]
          }
          return full.map(it =>
            problem(
              `${it.id} (${it.zone}) of the consumer has no free address for the resource endpoint.`,
              'Give it room, or name another subnet of that zone: an endpoint’s subnets are fixed afterwards.',
              sources.endpoint,
            ),
          )
        }),
}
