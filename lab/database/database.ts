import type { Closable, Network } from '../model.ts'
import { DataSet } from './data-set.ts'
import { PgliteNode } from './node.ts'

export interface DatabaseOptions {
  readonly network: Network
  readonly nodes: readonly { readonly ip: string; readonly port: number }[]
}

/** One data set behind several addresses, all silent at first. */
export interface Database extends Closable {
  readonly dataSet: DataSet
  readonly nodes: readonly PgliteNode[]
  /** Throws for an address that is none of the database's. */
  nodeAt(ip: string, port: number): PgliteNode
  /** False for the address of a fenced node; true for everything else, other people's addresses included. */
  isReachable(ip: string, port: number): boolean
}

export const openDatabase = async ({ network, nodes: addresses }: DatabaseOptions): Promise<Database> => {
  const dataSet = await DataSet.open()
  const nodes = addresses.map(({ ip, port }) => new PgliteNode({ ip, port, network, dataSet }))
  const find = (ip: string, port: number) => nodes.find(node => node.ip === ip && node.port === port)
  return {
    dataSet,
    nodes,
    nodeAt: (ip, port) => {
      const node = find(ip, port)
      if (node === undefined) throw new Error(`no database node at ${ip}:${port}`)
      return node
    },
    isReachable: (ip, port) => find(ip, port)?.isReachable ?? true,
    close: async () => {
      await Promise.all(nodes.map(node => node.close()))
      await dataSet.close()
    },
  }
}
