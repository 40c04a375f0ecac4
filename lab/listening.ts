import { once } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net'

/** Answers with the port when the server listens. Rejects when the address is taken. */
export const listen = async (server: Server, at: ListenOptions): Promise<number> => {
  server.listen({ ...at, exclusive: true })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Resolves when nobody is connected any more. */
export const stopListening = async (server: Server): Promise<void> => {
  server.close()
  await once(server, 'close')
}

/** Where nothing listens now. */
export const freePort = async (host: string): Promise<number> => {
  const server = createServer()
  const port = await listen(server, { host, port: 0 })
  await stopListening(server)
  return port
}
