import { createServer, type Socket } from 'node:net'
import { listen, stopListening } from '../listening.ts'
import type { Closable, Network } from '../model.ts'

export interface FrontOptions {
  readonly network: Network
  /** The address that clients are given; where it listens on loopback is the network's business. */
  readonly ip: string
  readonly port: number
  readonly accept: (client: Socket) => void
}

/**
 * What accepts connections for something in the middle. Closing it ends every connection that came in through it.
 * Rejects when its address is taken.
 */
export const openFront = async ({ network, ip, port, accept }: FrontOptions): Promise<Closable> => {
  const clients = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, client => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('error', () => undefined)
    accept(client)
  })
  await listen(server, network.listenAt(ip, port))
  return {
    close: async () => {
      const closed = stopListening(server)
      for (const client of clients) client.resetAndDestroy()
      await closed
    },
  }
}
