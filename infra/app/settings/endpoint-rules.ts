import type { ConsumerSettings, DatabaseSettings, EndpointSettings } from '../settings.ts'
import { sharedName } from './complete.ts'
import { addressProblems } from './reference-rules.ts'
import { type Complaint, ofConsumer, ofEndpoint, type Rule, unless } from './settings-rule.ts'
import { hasLoadBalancer } from './stages.ts'

/** What shared endpoints and the consumers that come through them say about each other. */

const knownEndpoint: Rule = ({ endpoints, consumers }) => {
  const names = endpoints.flatMap(it => it.name ?? [])
  const allowed = `${names.length === 0 ? 'an entry' : `one of ${names.join(', ')}`} of endpoints`
  return consumers.flatMap(({ name, fields: { endpoint } }, index) =>
    typeof endpoint !== 'string' || names.includes(endpoint)
      ? []
      : [{ path: `consumers.${index}.endpoint`, value: endpoint, allowed, entry: name }],
  )
}

/** The ports that a consumer opens on the endpoint, as long as it has that path. */
export const endpointPortsOf = ({ port, readerPort, gateway }: ConsumerSettings): readonly number[] => {
  if (!hasLoadBalancer(gateway.stage)) return []
  return [port, ...(readerPort === undefined ? [] : [readerPort])]
}

const samePlace = (consumer: ConsumerSettings, { name, ...shared }: EndpointSettings): readonly Complaint[] => {
  const { account = 'the deployment’s', region = 'the deployment’s' } = shared.env
  return [
    ...unless(
      consumer.env.account === shared.env.account && consumer.env.region === shared.env.region,
      'endpoint',
      `an endpoint of the consumer’s account and Region: ${name} is in ${account}, ${region}`,
    ),
    ...unless(consumer.vpcId === shared.vpcId, 'vpcId', `${shared.vpcId}: the endpoint ${name} is there`),
    ...unless(
      consumer.serviceName === shared.serviceName && consumer.serviceRegion === shared.serviceRegion,
      'serviceName',
      `nothing: it is that of the endpoint ${name}`,
    ),
  ]
}

/** EC2 tells rules apart by group, port and source: the second of two stacks that make the same one fails. */
const checkPorts = (consumer: ConsumerSettings, consumers: readonly ConsumerSettings[]): readonly Complaint[] => {
  const before = consumers.slice(0, consumers.indexOf(consumer)).filter(it => it.endpoint === consumer.endpoint)
  return endpointPortsOf(consumer).flatMap(port => {
    const owner = before.find(it => endpointPortsOf(it).includes(port))
    const at = port === consumer.port ? 'port' : 'readerPort'
    const allowed = `another port: ${owner?.name} has it on the endpoint ${consumer.endpoint}`
    return owner === undefined ? [] : [{ at, value: port, allowed }]
  })
}

/** Whose ports the endpoint leads to. */
const checkDatabase = (
  { database: named }: ConsumerSettings,
  { name, loadBalancer }: EndpointSettings,
  databases: readonly DatabaseSettings[],
): readonly Complaint[] => {
  const database = databases.find(it => it.id === named)
  if (database === undefined || loadBalancer === undefined) return []
  const own = sharedName(database.frontDoor) ?? 'one of its own'
  const allowed = `one that leads to ${named}: ${name} leads to the load balancer ${loadBalancer}, and ${named} is behind ${own}`
  return unless(own === loadBalancer, 'endpoint', allowed)
}

export const endpointRules: readonly Rule[] = [
  knownEndpoint,
  ofEndpoint(({ subnets }) => addressProblems({ subnets })),
  ofEndpoint(({ loadBalancer }, { loadBalancers }) =>
    unless(
      loadBalancer === undefined || loadBalancers.some(it => it.name === loadBalancer),
      'loadBalancer',
      'one of loadBalancers, or nothing',
    ),
  ),
  ofEndpoint(({ commonSubnets, subnets }) =>
    commonSubnets.length > 0
      ? []
      : [{ at: 'subnets', value: subnets.map(it => it.zoneId), allowed: 'a zone id that the service has too' }],
  ),
  ofConsumer((consumer, { endpoints, consumers, databases }) => {
    const shared = endpoints.find(it => it.name === consumer.endpoint)
    if (shared === undefined) return []
    return [
      ...samePlace(consumer, shared),
      ...checkPorts(consumer, consumers),
      ...checkDatabase(consumer, shared, databases),
    ]
  }),
]
