import type { NodeRole } from '../../model.ts'
import { type Database, type DatabaseOptions, nodesByAddress } from '../database.ts'
import { RelayNode } from './relay-node.ts'
import type { DatabaseServer } from './server.ts'

export interface InstanceOptions extends DatabaseOptions {
  readonly engine: Database['engine']
  /** With its data. */
  readonly server: DatabaseServer
}

/**
 * A Multi-AZ instance of a real server: one data directory, which is started at the other address after a crash and
 * recovers from its own log, since a Multi-AZ instance replicates blocks. The standby does not listen.
 */
export const openInstanceDatabase = async (options: InstanceOptions): Promise<Database> => {
  const { engine, server, network, certificate } = options
  const change = async (node: RelayNode, role: NodeRole): Promise<void> => {
    switch (role) {
      case 'writer': {
        // Clients are let in as soon as the server listens; while it recovers it tells them so itself.
        const started = server.start(node.server)
        await node.relay.listen()
        return started
      }
      case 'fenced':
        node.relay.freeze()
        return server.crash()
      case 'silent': {
        const wasWriter = node.role === 'writer'
        node.relay.stopListening()
        if (wasWriter) await server.stop()
        return node.relay.forget()
      }
      default:
        throw new Error(`a node of a Multi-AZ instance is never ${role}`)
    }
  }
  const nodes = await Promise.all(options.nodes.map(({ ip, port }) => RelayNode.open({ ip, port, network, change })))
  return {
    ...{ engine, certificate, rows: server, nodes },
    ...nodesByAddress(nodes),
    close: async () => {
      for (const { relay } of nodes) relay.close()
      await server.remove()
    },
  }
}
