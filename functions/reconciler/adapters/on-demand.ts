import type { Clusters, Interfaces } from '../ports.ts'
import type { ClientOptions } from './clients.ts'

/**
 * Adapters whose code is loaded with their first question: the EC2 client is larger than the rest of the function, and
 * is asked by `standby` and about new addresses alone; the RDS API is asked about clusters too. Priming makes the first
 * look, so where one is needed it is loaded while Lambda initializes.
 */

export const clustersOnDemand = (options: ClientOptions): Clusters => {
  const load = once(async () => {
    const { createClusters, createRdsClient } = await import('./rds.ts')
    return createClusters(createRdsClient(options))
  })
  return {
    vote: async clusterId => (await load()).vote(clusterId),
    endpointOf: async instanceId => (await load()).endpointOf(instanceId),
    members: async clusterId => (await load()).members(clusterId),
  }
}

export const interfacesOnDemand = (options: ClientOptions): Interfaces => {
  const load = once(async () => {
    const [ec2, rds] = await Promise.all([import('./ec2.ts'), import('./rds.ts')])
    return ec2.createInterfaces(ec2.createEc2Client(options), rds.createRdsClient(options))
  })
  return {
    owners: async (ips, instanceId) => (await load()).owners(ips, instanceId),
    neighbourhood: async instanceId => (await load()).neighbourhood(instanceId),
    ownership: async (ips, database) => (await load()).ownership(ips, database),
  }
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
