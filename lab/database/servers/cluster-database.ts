import type { NodeRole } from '../../model.ts'
import { type Database, type DatabaseOptions, nodesByAddress, type Replication } from '../database.ts'
import { PostgresServer } from './postgres-server.ts'
import { RelayNode } from './relay-node.ts'

export interface ClusterOptions extends DatabaseOptions {
  readonly replication: Replication
}

/**
 * A cluster of PostgreSQL servers: each node has its own data, a reader follows the writer by streaming replication, and a
 * failover promotes it. Its connections live through that. The old writer comes back when there is a new one to follow:
 * what was never replicated is undone then.
 */
export const openClusterDatabase = async (options: ClusterOptions): Promise<Database> => {
  const { network, certificate, replication } = options
  const servers = new Map<RelayNode, PostgresServer>()
  let writer: RelayNode | undefined
  const serverOf = (node: RelayNode): PostgresServer => {
    const server = servers.get(node)
    if (!server) throw new Error(`no server at ${node.ip}`)
    return server
  }
  const follow = async (node: RelayNode): Promise<void> => {
    if (!writer) throw new Error('a reader needs a writer to follow')
    const [server, primary] = [serverOf(node), serverOf(writer)]
    if (server.hasData) await server.rejoin(primary)
    else await server.copyFrom(primary)
    await server.start(node.server)
    await node.relay.listen()
    if (replication === 'synchronous') await setSynchronous(primary, '*')
  }
  const promote = async (node: RelayNode): Promise<void> => {
    const server = serverOf(node)
    if (!server.hasData) await server.initialise()
    if (!server.isRunning) await server.start(node.server)
    else {
      await server.query('SELECT pg_promote(true, 60)')
      // Nobody follows it yet: no commit may wait for that.
      await server.query('ALTER SYSTEM RESET synchronous_standby_names')
      await server.query('SELECT pg_reload_conf()')
    }
    writer = node
    await node.relay.listen()
  }
  const change = async (node: RelayNode, role: NodeRole): Promise<void> => {
    if (role === 'writer') return promote(node)
    if (role === 'silent') {
      node.relay.stopListening()
      await serverOf(node).crash()
      node.relay.close()
      if (writer === node) writer = undefined
    } else if (role === 'reader' && !serverOf(node).isRunning) {
      // A failover promotes the other one later: whoever waits for us here would wait for ever.
      if (writer) await follow(node)
      else void followLater(node)
    } else if (role === 'fenced') throw new Error('a node of a cluster refuses connections: it is never fenced')
    // `starting`: a reader that is about to be promoted goes on, and one that was stopped does not answer yet.
  }
  let isClosing = false
  const followLater = async (node: RelayNode): Promise<void> => {
    while (!writer && !isClosing) await new Promise(resolve => setTimeout(resolve, 50))
    if (!isClosing && node.role === 'reader') await follow(node).catch(() => undefined)
  }
  const nodes = await Promise.all(options.nodes.map(({ ip, port }) => RelayNode.open({ ip, port, network, change })))
  for (const node of nodes) servers.set(node, await PostgresServer.open(certificate))
  return {
    engine: 'postgres',
    ...(certificate && { certificate }),
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
      for (const node of readers) {
        await serverOf(node).query("ALTER SYSTEM SET primary_conninfo = ''")
        await serverOf(node).query('SELECT pg_reload_conf()')
      }
    },
    close: async () => {
      isClosing = true
      for (const { relay } of nodes) relay.close()
      await Promise.all([...servers.values()].map(server => server.remove()))
    },
  }
}

/** A commit waits for a reader's copy from now on. */
const setSynchronous = async (primary: PostgresServer, names: string): Promise<void> => {
  await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`)
  await primary.query('SELECT pg_reload_conf()')
}
