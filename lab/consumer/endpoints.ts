import type { Socket } from 'node:net'
import type { AccountResources, VpcEndpoint } from '../api/resources.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Closable, Network } from '../model.ts'
import { openFront } from '../nlb/acceptor.ts'
import type { Dialer } from '../nlb/dial.ts'
import { type FlowSeries, openFlowSeries } from '../nlb/flow-series.ts'
import { hop } from '../nlb/pipe.ts'

export interface EndpointsOptions {
  /** The consumer's VPC, whose addresses may be the provider's too: nothing is routed between them. */
  readonly network: Network
  /** The provider's side. */
  readonly dialer: Dialer
  readonly resources: AccountResources
  readonly gateway: Gateway
  /** The endpoint service's load balancer, for an endpoint's interface at this address: its node in the same zone. */
  readonly nodeFor: (ip: string) => string
  /** The ports that clients use; an interface endpoint has all that its load balancer listens on. */
  readonly ports: readonly number[]
}

export interface Endpoints extends Closable {
  /** Makes the data plane as the resources say: what is gone is cut. Rejects when an address is taken. */
  follow(): Promise<void>
  /** By endpoint, gone ones included; `undefined` before its first connection. */
  readonly flows: (endpointId: string) => FlowSeries | undefined
  /** How many connections are open through an endpoint now; at one of its addresses, or ports, where they are given. */
  readonly active: (endpointId: string, only?: { readonly ip?: string; readonly port?: number }) => number
}

/** The network interfaces of a consumer's endpoints. Their own security groups are taken as open to clients. */
export const openEndpoints = (options: EndpointsOptions): Endpoints => {
  const { network, resources, ports } = options
  const fronts = new Map<string, Closable>()
  const flows = new Map<string, FlowSeries>()
  const open = new Set<{ readonly endpointId: string; readonly ip: string; readonly port: number }>()

  const enter = (endpoint: VpcEndpoint, destination: { ip: string; port: number }, client: Socket): void => {
    const { id: endpointId, vpcId } = endpoint
    const series = flows.get(endpointId) ?? openFlowSeries()
    flows.set(endpointId, series)
    const connection = { endpointId, ...destination }
    series.opened(Date.now())
    open.add(connection)
    const onEnd = () => {
      series.closed(Date.now())
      open.delete(connection)
    }
    if (endpoint.type === 'Resource') {
      const configurationArn = configurationAt(endpoint, destination.ip)
      options.gateway.take({ client, endpointId, vpcId, destination, configurationArn, onEnd })
    } else {
      // What PrivateLink does for an endpoint service: a hop to its load balancer's node in the interface's own zone
      // (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html), which does the rest.
      const { dialer, nodeFor } = options
      const isOpen = isAccepted(resources, endpoint)
      const node = { ip: nodeFor(destination.ip), port: destination.port }
      hop(client, node, isOpen ? dialer : { ...dialer, isReachable: () => false }, onEnd)
    }
  }

  const follow = async (): Promise<void> => {
    const wanted = new Map<string, { endpoint: VpcEndpoint; ip: string; port: number }>(
      resources.vpcEndpoints.flatMap(endpoint =>
        (endpoint.addresses ?? []).flatMap(ip =>
          ports.map(port => [`${endpoint.id} ${ip}:${port}`, { endpoint, ip, port }] as const),
        ),
      ),
    )
    for (const [key, front] of fronts) {
      if (wanted.has(key)) continue
      fronts.delete(key)
      await front.close()
    }
    for (const [key, { endpoint, ip, port }] of wanted) {
      if (fronts.has(key)) continue
      // The values may have been replaced when a connection comes in.
      const now = () => resources.vpcEndpoints.find(({ id }) => id === endpoint.id) ?? endpoint
      const accept = (client: Socket) => enter(now(), { ip, port }, client)
      fronts.set(key, await openFront({ network, ip, port, accept }))
    }
  }

  return {
    follow,
    flows: endpointId => flows.get(endpointId),
    active: (endpointId, { ip, port } = {}) =>
      [...open].filter(it => it.endpointId === endpointId && (ip ?? it.ip) === it.ip && (port ?? it.port) === it.port)
        .length,
    close: async () => {
      for (const front of fronts.values()) await front.close()
      fronts.clear()
    },
  }
}

/** Of several associations each has addresses of its own: TCP does not tell a name. */
const configurationAt = ({ names = [], resourceConfigurationArn = '' }: VpcEndpoint, ip: string): string =>
  names.find(({ addresses }) => addresses?.includes(ip))?.resourceConfigurationArn ?? resourceConfigurationArn

const isAccepted = ({ endpointServices }: AccountResources, { id, state }: VpcEndpoint): boolean =>
  state === 'available' &&
  endpointServices.some(({ connections }) =>
    connections.some(connection => connection.endpointId === id && connection.state === 'available'),
  )
