import * as fixture from '../fixture.ts'
import type { Network } from '../model.ts'
import type { Address } from '../network.ts'
import { everyEndpointName } from '../template/consumer-parts.ts'

/** Wherever an endpoint of the consumer may get its interfaces. */
export const endpointAddresses = (ports: readonly number[]): Address[] =>
  (['interface', 'resource', 'readers'] as const)
    .flatMap(endpoint => fixture.consumer.addressesOf(endpoint))
    .flatMap(ip => ports.map(port => ({ ip, port })))

/** Each name that an endpoint may have, at the first of its addresses. */
const namedEndpoints = (kind: fixture.DatabaseKind, ports: readonly number[]) =>
  everyEndpointName(kind).flatMap(({ dnsName, addresses: [ip] = [] }) =>
    ip === undefined ? [] : ports.map(port => ({ name: dnsName, address: { ip, port } })),
  )

export interface ConnectToOptions {
  readonly network: Network
  readonly consumerNetwork: Network
  readonly kind: fixture.DatabaseKind
  readonly front: Address
  readonly nodes: readonly Address[]
  readonly ports: readonly number[]
}

/** Where on loopback names and private addresses are: `HOST:PORT=HOST:PORT`. Endpoints that come later are named too. */
export const connectToOf = (options: ConnectToOptions): string[] => {
  const { network, consumerNetwork, kind, front, nodes, ports } = options
  const at = (name: string, address: Address, there = network) => {
    const socket = there.connectTo(address.ip, address.port)
    return `${name}:${address.port}=${socket.host}:${socket.port}`
  }
  return [
    at(fixture.loadBalancer.dnsName, front),
    ...[front, ...nodes].map(address => at(address.ip, address)),
    ...endpointAddresses(ports).map(address => at(address.ip, address, consumerNetwork)),
    ...namedEndpoints(kind, ports).map(({ name, address }) => at(name, address, consumerNetwork)),
  ]
}
