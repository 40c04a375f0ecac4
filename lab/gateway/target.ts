import type { ResourceConfiguration } from '../api/resources.ts'
import type { RdsView } from '../database/rds-view.ts'

/** What a resource configuration leads to: a name that is resolved at each connection. */
export interface NamedTarget {
  readonly name: string
  readonly port: number
}

/**
 * A configuration by ARN takes no ports: it has the database's. A cluster's is reached through its children alone, which
 * VPC Lattice makes for its writer and its reader endpoint.
 */
export const targetOf = (configuration: ResourceConfiguration, databases: RdsView): NamedTarget | undefined => {
  const { type, resourceArn, domainName, customDomainName, ports = [] } = configuration
  if (type === 'SINGLE') {
    const port = Number(ports[0]?.split('-')[0])
    return domainName !== undefined && port > 0 ? { name: domainName, port } : undefined
  }
  const all = [...databases.instances(), ...databases.clusters()]
  if (type === 'CHILD') {
    const cluster = databases
      .clusters()
      .find(({ endpoint, readerEndpoint }) => [endpoint, readerEndpoint].includes(customDomainName ?? ''))
    return cluster && customDomainName !== undefined ? { name: customDomainName, port: cluster.port } : undefined
  }
  const found = all.find(({ arn }) => arn === resourceArn)
  return found?.endpoint === undefined || 'members' in found ? undefined : { name: found.endpoint, port: found.port }
}
