import { type Database, type DatabaseOptions, nodesByAddress } from '../database.ts'
import { DataSet } from './data-set.ts'
import { PgliteNode } from './pglite-node.ts'

export interface PgliteDatabase extends Database {
  readonly nodes: readonly PgliteNode[]
  nodeAt(ip: string, port: number): PgliteNode
}

/** PGlite: one data set in this process behind all addresses, as the storage of a Multi-AZ instance or of Aurora. */
export const openPglite = async ({
  network,
  nodes: addresses,
  certificate,
}: DatabaseOptions): Promise<PgliteDatabase> => {
  const dataSet = await DataSet.open()
  const nodes = addresses.map(({ ip, port }) => new PgliteNode({ ip, port, network, dataSet, certificate }))
  return {
    ...{ engine: 'pglite', certificate, rows: dataSet, nodes },
    ...nodesByAddress(nodes),
    close: async () => {
      await Promise.all(nodes.map(node => node.close()))
      await dataSet.close()
    },
  }
}
