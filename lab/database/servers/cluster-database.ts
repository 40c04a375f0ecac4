import type { NodeRole } from '../../model.ts'
import { type Database, type DatabaseOptions, nodesByAddress, type Replication } from '../database.ts'
import { RelayNode } from './relay-node.ts'
import { type ReplicatedServer, untilSo } from './server.ts'

export interface ClusterOptions extends DatabaseOptions {
  readonly engine: Database['engine']
  readonly replication: Replication
  /** Of the node, counted from 0. Without data. */
  readonly openServer: (index: number) => Promise<ReplicatedServer>
}

/**
 * A cluster of real servers: each node has its own data, a reader follows the writer, and a failover promotes it; the
 * reader's connections live through that. The old writer comes back as a reader of what it has, as Aurora's does, and
 * follows when there is a writer to follow. What was never replicated is undone then, for which it is away once more.
 */
export const openClusterDatabase = async (options: ClusterOptions): Promise<Database> => {
  const { engine, network, certificate, replication, openServer, onFault = () => undefined } = options
  const servers = new Map<RelayNode, ReplicatedServer>()
  let writer: RelayNode | undefined
  let isClosing = false
  const serverOf = (node: RelayNode): ReplicatedServer => {
    const server = servers.get(node)
    if (!server) throw new Error(`no server at ${node.ip}`)
    return server
  }
  const read = async (node: RelayNode): Promise<void> => {
    await serverOf(node).read(node.server)
    await node.relay.listen()
  }
  const follow = async (node: RelayNode): Promise<void> => {
    if (!writer) throw new Error('a reader needs a writer to follow')
    const [server, primary] = [serverOf(node), serverOf(writer)]
    if (server.isRunning && (await server.isAheadOf(primary))) {
      node.relay.stopListening()
      await server.stop()
    }
    if (!server.isRunning) {
      await server.copyFrom(primary)
      await read(node)
    }
    await server.follow(primary)
    if (replication === 'synchronous') await primary.waitForCopies(() => isClosing)
  }
  const followLater = async (node: RelayNode): Promise<void> => {
    const isThere = await untilSo(
      async () => writer !== undefined,
      () => isClosing,
    )
    if (isThere && node.role === 'reader') await follow(node)
  }
  const change = async (node: RelayNode, role: NodeRole): Promise<void> => {
    const server = serverOf(node)
    if (role === 'writer') {
      await server.lead(node.server)
      writer = node
      await node.relay.listen()
    } else if (role === 'silent') {
      node.relay.stopListening()
      await server.crash()
      node.relay.forget()
      if (writer === node) writer = undefined
    } else if (role === 'reader' && !server.isRunning) {
      if (server.hasData) await read(node)
      // A failover promotes the other one later: whoever waits for us here would wait for ever.
      if (writer) await follow(node)
      else followLater(node).catch(onFault)
    } else if (role === 'fenced') throw new Error('a node of a cluster refuses connections: it is never fenced')
    // `starting`: a reader that is about to be promoted goes on, and one that was stopped does not answer yet.
  }
  const nodes = await Promise.all(options.nodes.map(({ ip, port }) => RelayNode.open({ ip, port, network, change })))
  for (const [index, node] of nodes.entries()) servers.set(node, await openServer(index))
  return {
    ...{ engine, certificate },
    rows: {
      query: sql => {
        if (!writer) throw new Error('the cluster has no writer now')
        return serverOf(writer).query(sql)
      },
    },
    nodes,
    ...nodesByAddress(nodes),
    cutReplication: async () => {
      const readers = nodes.filter(node => node !== writer && serverOf(node).isRunning)
      for (const node of readers) await serverOf(node).cutOff()
    },
    close: async () => {
      isClosing = true
      for (const { relay } of nodes) relay.close()
      await Promise.all([...servers.values()].map(server => server.remove()))
    },
  }
}
