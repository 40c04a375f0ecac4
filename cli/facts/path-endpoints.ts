import type { VpcEndpoint, VpcEndpointAssociation } from '@aws-sdk/client-ec2'
import type { ConsumerSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { find } from './attempt.ts'
import { bare } from './dns-name.ts'
import { everyPage } from './every-page.ts'
import type { Gathered } from './gathered.ts'
import type { PathFacts, ReaderPath } from './migration-facts.ts'
import { readVpcEndpoints } from './vpc-endpoints.ts'
import type { RecordFacts } from './zone-records.ts'

interface Wanted {
  readonly consumer: ConsumerSettings
  /** What `readEndpoints` finds, or fails with. */
  readonly endpoints: Promise<readonly VpcEndpoint[]>
  /** The weighted record that leads to the endpoint: of several endpoints it says which one is ours. */
  readonly record: RecordFacts | undefined
}

/** Of the consumer's VPC, for both ways. */
export const readEndpoints = async (clients: Clients, consumer: ConsumerSettings): Promise<VpcEndpoint[]> => {
  const all = await readVpcEndpoints(clients, consumer.vpcId)
  return all.filter(it => !/^(deleted|deleting)$/i.test(it.State ?? ''))
}

const commonOf = (endpoint: VpcEndpoint) => ({
  endpointId: endpoint.VpcEndpointId ?? '',
  vpcId: endpoint.VpcId ?? '',
  state: endpoint.State ?? 'unknown',
  subnetIds: endpoint.SubnetIds ?? [],
  securityGroupIds: (endpoint.Groups ?? []).flatMap(it => it.GroupId ?? []),
  hasPrivateDns: endpoint.PrivateDnsEnabled === true,
})

const isSame = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && one !== '' && bare(one) === bare(other ?? '')

/**
 * The interface endpoint to the endpoint service: of several the one that the record leads to. The first of its names is
 * the regional one.
 */
export const gatherNlbPath = ({ consumer, endpoints, record }: Wanted): Promise<Gathered<PathFacts>> =>
  find(
    async () => {
      const { serviceName } = consumer
      // One that other consumers share stays when this one has left it.
      if (consumer.endpoint !== undefined && record === undefined) return undefined
      const all = (await endpoints).filter(it => it.VpcEndpointType === 'Interface')
      const isLedTo = (it: VpcEndpoint) =>
        it.DnsEntries?.some(entry => isSame(entry.DnsName, record?.alias?.dnsName)) === true
      const ours = all.filter(it => serviceName === undefined || it.ServiceName === serviceName)
      // One to another service is shown, too: it is where clients go now, and not where they belong.
      const endpoint = ours.find(isLedTo) ?? (serviceName === undefined ? undefined : ours[0]) ?? all.find(isLedTo)
      if (endpoint === undefined) return undefined
      const [regional] = endpoint.DnsEntries ?? []
      const { readerPort, port } = consumer
      const dnsName = regional?.DnsName ?? ''
      return {
        ...commonOf(endpoint),
        dnsName,
        hostedZoneId: regional?.HostedZoneId ?? '',
        port,
        leads: ours.includes(endpoint) && isLedTo(endpoint),
        ...(readerPort === undefined ? {} : { reader: { dnsName, port: readerPort } }),
      }
    },
    consumer.endpoint !== undefined && record === undefined
      ? `No record of it leads to the interface endpoint ${consumer.endpoint}, which consumers share.`
      : `There is no interface endpoint to ${consumer.serviceName ?? 'an endpoint service'} in ${consumer.vpcId}.`,
  )

/**
 * The resource endpoint. DescribeVpcEndpoints shows no names of it; its associations do, one for each child of a
 * cluster's configuration (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html).
 */
export const gatherGatewayPath = (
  clients: Clients,
  { consumer, endpoints, record, configurationArn }: Wanted & { readonly configurationArn: string | undefined },
): Promise<Gathered<PathFacts>> => {
  const arn = consumer.gateway.resourceConfigurationArn ?? configurationArn
  return find(async () => {
    if (arn === undefined) return undefined
    const ours = (await endpoints).filter(
      it => it.VpcEndpointType === 'Resource' && it.ResourceConfigurationArn === arn,
    )
    const looked = await Promise.all(ours.map(async it => ({ endpoint: it, names: await readNames(clients, it) })))
    const found =
      looked.find(({ names }) => names.some(it => isSame(it.DnsEntry?.DnsName, record?.alias?.dnsName))) ?? looked[0]
    if (found === undefined) return undefined
    const { writer, reader } = await tellApart(clients, found.names, { consumer, record })
    const { port } = consumer
    return {
      ...commonOf(found.endpoint),
      dnsName: writer?.DnsEntry?.DnsName ?? '',
      hostedZoneId: writer?.DnsEntry?.HostedZoneId ?? '',
      port,
      leads: isSame(writer?.DnsEntry?.DnsName, record?.alias?.dnsName),
      ...(reader && { reader: readerPath(reader, port) }),
    }
  }, `There is no resource endpoint to the resource configuration in ${consumer.vpcId}.`)
}

const readerPath = (
  { DnsEntry: { DnsName = '', HostedZoneId } = {}, AssociatedResourceArn }: VpcEndpointAssociation,
  port: number,
): ReaderPath => ({
  dnsName: DnsName,
  ...(HostedZoneId && { hostedZoneId: HostedZoneId }),
  port,
  ...(AssociatedResourceArn && { configurationArn: AssociatedResourceArn }),
})

const readNames = async (clients: Clients, endpoint: VpcEndpoint): Promise<VpcEndpointAssociation[]> => {
  const ec2 = await clients.ec2()
  const VpcEndpointIds = [endpoint.VpcEndpointId ?? '']
  const all = await everyPage('VpcEndpointAssociations', NextToken =>
    ec2.describeVpcEndpointAssociations({ VpcEndpointIds, NextToken }),
  )
  return all.filter(it => it.DnsEntry?.DnsName !== undefined)
}

/** The children of a cluster's configuration carry the RDS name that each stands for. */
const tellApart = async (
  clients: Clients,
  names: readonly VpcEndpointAssociation[],
  { consumer, record }: Pick<Wanted, 'consumer' | 'record'>,
): Promise<Partial<Record<'writer' | 'reader', VpcEndpointAssociation | undefined>>> => {
  if (names.length <= 1) return { writer: names[0] }
  const named = await Promise.all(
    names.map(async it => ({ it, domain: it.PrivateDnsEntry?.DnsName ?? (await domainOf(clients, it)) })),
  )
  const writer =
    named.find(({ domain }) => isSame(domain, consumer.hostname))?.it ??
    names.find(it => isSame(it.DnsEntry?.DnsName, record?.alias?.dnsName))
  const reader = named.find(({ it, domain }) => it !== writer && /\.cluster-ro-/.test(domain ?? ''))?.it
  return { writer: writer ?? named.find(({ it }) => it !== reader)?.it, reader }
}

const domainOf = async (clients: Clients, { AssociatedResourceArn: arn }: VpcEndpointAssociation) => {
  if (arn === undefined) return undefined
  const lattice = await clients.vpcLattice()
  return (await lattice.getResourceConfiguration({ resourceConfigurationIdentifier: arn })).customDomainName
}
