import type { Closable, Network } from '../model.ts'
import type { Certificate } from './certificate.ts'
import { DataSet } from './data-set.ts'
import { PgliteNode } from './node.ts'

export interface DatabaseOptions {
  readonly network: Network
  readonly nodes: readonly { readonly ip: string; readonly port: number }[]
  /** For clients that ask for TLS; without one they are told that there is none. */
  readonly certificate?: Certificate
}

/** One data set behind several addresses, all silent at first. */
export interface Database extends Closable {
  /** Absent: it speaks no TLS. */
  readonly certificate?: Certificate
  readonly dataSet: DataSet
  readonly nodes: readonly PgliteNode[]
  /** Throws for an address that is none of the database's. */
  nodeAt(ip: string, port: number): PgliteNode
  /** False for the address of a fenced node; true for everything else, other people's addresses included. */
  isReachable(ip: string, port: number): boolean
}

export const openDatabase = async ({ network, nodes: addresses, certificate }: DatabaseOptions): Promise<Database> => {
  const dataSet = await DataSet.open()
  const nodes = addresses.map(
    ({ ip, port }) => new PgliteNode({ ip, port, network, dataSet, ...(certificate && { certificate }) }),
  )
  const find = (ip: string, port: number) => nodes.find(node => node.ip === ip && node.port === port)
  return {
    ...(certificate && { certificate }),
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
