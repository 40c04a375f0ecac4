import type { DBCluster, DBInstance } from '@aws-sdk/client-rds'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { everyPage } from './every-page.ts'
import { type Gathered, known, none } from './gathered.ts'

export interface DatabaseFacts {
  readonly status: string
  readonly engine: string
  readonly isMultiAz: boolean
  /** Instances of a cluster, 1 otherwise. */
  readonly instances: number
  readonly isPubliclyAccessible: boolean
  /** Of a cluster with an Aurora Serverless v2 member; capacities in ACU. */
  readonly serverless?: { readonly minCapacity: number; readonly pausesAfterSeconds?: number }
  readonly hasIamAuthentication?: boolean
  readonly vpcId: string
  readonly subnets: readonly { readonly id: string; readonly zone: string }[]
  readonly securityGroupIds: readonly string[]
  readonly endpoint?: string
  readonly port?: number
  readonly parameterGroups: readonly {
    readonly name: string
    readonly of: 'instance' | 'cluster'
    readonly status?: string
  }[]
}

type Wanted = Pick<DatabaseSettings, 'kind' | 'id'>

/** Where the database is, and what stands around it. */
export type Place = Pick<DatabaseFacts, 'vpcId' | 'subnets' | 'securityGroupIds' | 'isPubliclyAccessible' | 'port'>

/** As RDS says; of a host name, which RDS does not know, as the settings do. */
export const placeOf = (
  database: Gathered<DatabaseFacts>,
  { kind, vpcId, subnets, frontDoor }: Pick<DatabaseSettings, 'kind' | 'vpcId' | 'subnets' | 'frontDoor'>,
): Gathered<Place> => {
  if (kind !== 'hostname' || vpcId === undefined) return database
  const group = frontDoor.kind === 'create' && frontDoor.databaseSecurityGroupId
  return known({ vpcId, subnets, securityGroupIds: group ? [group] : [], isPubliclyAccessible: false })
}

/** What {@link placeOf} takes the subnets from. */
export const subnetsNameOf = ({ kind }: Pick<DatabaseSettings, 'kind'>): string =>
  kind === 'hostname' ? 'list of subnets in repoint.json' : 'DB subnet group'

export const gatherDatabase = (
  clients: Clients,
  database: Wanted,
): Promise<Gathered<DatabaseFacts>> | Gathered<never> => {
  if (database.kind === 'hostname') {
    return none('A host name has no RDS database that could be asked.')
  }
  return attempt(() => {
    if (database.kind === 'proxy') return readProxy(clients, database.id)
    return database.kind === 'cluster' ? readCluster(clients, database.id) : readInstance(clients, database.id)
  })
}

/** An answer that neither has what was asked for nor says that there is none. */
export class NotListedError extends Error {
  override readonly name = 'NotListedError'
}

const readInstance = async (clients: Clients, id: string): Promise<DatabaseFacts> => {
  const { DBInstances: [instance] = [] } = await (await clients.rds()).describeDBInstances({ DBInstanceIdentifier: id })
  if (instance === undefined) throw new NotListedError(`RDS did not list ${id}.`)
  return {
    ...networkOf(instance),
    status: instance.DBInstanceStatus ?? 'unknown',
    engine: instance.Engine ?? 'unknown',
    isMultiAz: instance.MultiAZ === true,
    instances: 1,
    isPubliclyAccessible: instance.PubliclyAccessible === true,
    hasIamAuthentication: instance.IAMDatabaseAuthenticationEnabled === true,
    ...(instance.Endpoint?.Address === undefined ? {} : { endpoint: instance.Endpoint.Address }),
    ...(instance.Endpoint?.Port === undefined ? {} : { port: instance.Endpoint.Port }),
    parameterGroups: instanceGroups(instance),
  }
}

const readCluster = async (clients: Clients, id: string): Promise<DatabaseFacts> => {
  const rds = await clients.rds()
  const { DBClusters: [cluster] = [] } = await rds.describeDBClusters({ DBClusterIdentifier: id })
  if (cluster === undefined) throw new NotListedError(`RDS did not list ${id}.`)
  const members = await everyPage('DBInstances', Marker =>
    rds.describeDBInstances({ Filters: [{ Name: 'db-cluster-id', Values: [id] }], Marker }),
  )
  const [first] = members
  const place = first === undefined ? { vpcId: '', subnets: [], securityGroupIds: [] } : networkOf(first)
  const clusterGroup = cluster.DBClusterParameterGroup
  const ownGroups = (cluster.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: group }) => group ?? [])
  return {
    ...place,
    securityGroupIds: ownGroups.length > 0 ? ownGroups : place.securityGroupIds,
    status: cluster.Status ?? 'unknown',
    engine: cluster.Engine ?? 'unknown',
    isMultiAz: cluster.MultiAZ === true,
    instances: members.length,
    isPubliclyAccessible: members.some(member => member.PubliclyAccessible === true),
    ...serverlessOf(cluster, members),
    hasIamAuthentication: cluster.IAMDatabaseAuthenticationEnabled === true,
    ...(cluster.Endpoint === undefined ? {} : { endpoint: cluster.Endpoint }),
    ...(cluster.Port === undefined ? {} : { port: cluster.Port }),
    parameterGroups: [
      ...(clusterGroup === undefined ? [] : [{ name: clusterGroup, of: 'cluster' as const }]),
      ...members
        .flatMap(instanceGroups)
        .filter((it, index, all) => all.findIndex(one => one.name === it.name) === index),
    ],
  }
}

const serverlessOf = (
  { ServerlessV2ScalingConfiguration: scaling }: DBCluster,
  members: readonly DBInstance[],
): Pick<DatabaseFacts, 'serverless'> => {
  if (scaling?.MinCapacity === undefined || !members.some(it => it.DBInstanceClass === 'db.serverless')) return {}
  const { MinCapacity: minCapacity, SecondsUntilAutoPause: pausesAfterSeconds } = scaling
  return { serverless: { minCapacity, ...(pausesAfterSeconds === undefined ? {} : { pausesAfterSeconds }) } }
}

const readProxy = async (clients: Clients, id: string): Promise<DatabaseFacts> => {
  const rds = await clients.rds()
  const { DBProxies: [proxy] = [] } = await rds.describeDBProxies({ DBProxyName: id })
  if (proxy === undefined) throw new NotListedError(`RDS did not list ${id}.`)
  const ec2 = await clients.ec2()
  const { Subnets = [] } = await ec2.describeSubnets({ SubnetIds: proxy.VpcSubnetIds ?? [] })
  return {
    status: proxy.Status ?? 'unknown',
    engine: 'proxy',
    isMultiAz: true,
    instances: 1,
    isPubliclyAccessible: false,
    hasIamAuthentication: (proxy.Auth ?? []).some(it => it.IAMAuth === 'REQUIRED' || it.IAMAuth === 'ENABLED'),
    vpcId: proxy.VpcId ?? '',
    subnets: Subnets.map(it => ({ id: it.SubnetId ?? '', zone: it.AvailabilityZone ?? '' })),
    securityGroupIds: proxy.VpcSecurityGroupIds ?? [],
    ...(proxy.Endpoint === undefined ? {} : { endpoint: proxy.Endpoint }),
    parameterGroups: [],
  }
}

const networkOf = (instance: DBInstance): Pick<DatabaseFacts, 'vpcId' | 'subnets' | 'securityGroupIds'> => ({
  vpcId: instance.DBSubnetGroup?.VpcId ?? '',
  subnets: (instance.DBSubnetGroup?.Subnets ?? []).map(it => ({
    id: it.SubnetIdentifier ?? '',
    zone: it.SubnetAvailabilityZone?.Name ?? '',
  })),
  securityGroupIds: (instance.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
})

const instanceGroups = (instance: DBInstance): DatabaseFacts['parameterGroups'] =>
  (instance.DBParameterGroups ?? []).flatMap(({ DBParameterGroupName: name, ParameterApplyStatus: status }) =>
    name === undefined ? [] : [{ name, of: 'instance' as const, ...(status === undefined ? {} : { status }) }],
  )
