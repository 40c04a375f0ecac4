import { gatewayLogGroupName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { type AccessRecord, readRecords } from './access-log.ts'

/**
 * Connections through the gateway to a database's writer, whoever made them, oldest first. A cluster's readers have a
 * configuration of their own, a child that carries the reader endpoint's name. @throws when the log cannot be read
 */
export const readWriterConnections = async (
  clients: Clients,
  database: Pick<DatabaseSettings, 'id' | 'kind'>,
  span: { readonly sinceMs: number; readonly untilMs: number },
): Promise<readonly AccessRecord[]> => {
  const records = await readRecords({ clients, logGroup: gatewayLogGroupName(database) }, span)
  if (database.kind !== 'cluster') return records
  const lattice = await clients.vpcLattice()
  const isReaders = new Map<string, boolean>()
  for (const arn of new Set(records.flatMap(({ configurationArn }) => configurationArn ?? []))) {
    const { customDomainName } = await lattice.getResourceConfiguration({ resourceConfigurationIdentifier: arn })
    isReaders.set(arn, /\.cluster-ro-/.test(customDomainName ?? ''))
  }
  return records.filter(({ configurationArn }) => !isReaders.get(configurationArn ?? ''))
}
