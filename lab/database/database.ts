import type { Closable, DatabaseNode, Network } from '../model.ts'
import type { Certificate } from './certificate.ts'

/** What runs behind the database's addresses: PostgreSQL in WebAssembly, or a server that is installed. */
export const engines = ['pglite', 'postgres', 'mariadb'] as const

export type Engine = (typeof engines)[number]

/** How a cluster of real servers replicates: a commit waits for the reader, or it does not. */
export type Replication = 'synchronous' | 'asynchronous'

/** Where rows can be read or written without the application's connections. */
export interface Rows {
  query<Row>(sql: string): Promise<Row[]>
}

export interface DatabaseOptions {
  readonly network: Network
  readonly nodes: readonly { readonly ip: string; readonly port: number }[]
  /** For clients that ask for TLS; without one they are told that there is none. */
  readonly certificate?: Certificate | undefined
  /** Something went wrong that nobody waits for. */
  readonly onFault?: (error: unknown) => void
}

/** One database behind several addresses, all silent at first. */
export interface Database extends Closable {
  readonly engine: Engine
  /** Absent: it speaks no TLS. */
  readonly certificate?: Certificate | undefined
  /** Of what the writer holds: for set-up and for verification. */
  readonly rows: Rows
  readonly nodes: readonly DatabaseNode[]
  /** Throws for an address that is none of the database's. */
  nodeAt(ip: string, port: number): DatabaseNode
  /** False for the address of a fenced node; true for everything else, other people's addresses included. */
  isReachable(ip: string, port: number): boolean
  /** Cuts the replication from the writer to its readers. Absent where nothing is replicated. */
  cutReplication?(): Promise<void>
}

/** The nodes of a database by their addresses. */
export const nodesByAddress = <Node extends DatabaseNode>(nodes: readonly Node[]) => {
  const find = (ip: string, port: number) => nodes.find(node => node.ip === ip && node.port === port)
  return {
    nodeAt: (ip: string, port: number): Node => {
      const node = find(ip, port)
      if (node === undefined) throw new Error(`no database node at ${ip}:${port}`)
      return node
    },
    isReachable: (ip: string, port: number): boolean => find(ip, port)?.role !== 'fenced',
  }
}
