import { createHash } from 'node:crypto'
import type { AccountResources, EndpointName, VpcEndpoint } from './resources.ts'

/** What a resource endpoint leads to: one for each name of it, so for a cluster's configuration one a child. */
export interface EndpointAssociation {
  readonly id: string
  readonly endpoint: VpcEndpoint
  readonly name: EndpointName
  /** The child's, where there are children. */
  readonly configurationArn: string
  readonly configurationName: string
  /** One, of a child's configuration. */
  readonly groupArn?: readonly string[]
  /** The database's own name, where private DNS is on. */
  readonly privateName?: string
}

/** Interface endpoints have none. */
export const endpointAssociations = (
  resources: AccountResources | undefined,
  endpoints: readonly VpcEndpoint[] = resources?.vpcEndpoints ?? [],
): readonly EndpointAssociation[] =>
  endpoints
    .filter(({ type }) => type === 'Resource')
    .flatMap(endpoint =>
      (endpoint.names ?? []).map(name => {
        const configurationArn = name.resourceConfigurationArn ?? endpoint.resourceConfigurationArn ?? ''
        const all = resources?.resourceConfigurations ?? []
        const configuration = all.find(({ arn }) => arn === configurationArn)
        const group = all.find(({ id }) => id === configuration?.groupId)
        const privateName = configuration?.customDomainName ?? configuration?.domainName
        return {
          id: `rea-${createHash('sha256').update(`${endpoint.id} ${configurationArn}`).digest('hex').slice(0, 17)}`,
          endpoint,
          name,
          configurationArn,
          configurationName: configuration?.name ?? '',
          ...(group === undefined ? {} : { groupArn: [group.arn] }),
          ...(endpoint.hasPrivateDns && privateName !== undefined ? { privateName } : {}),
        }
      }),
    )
