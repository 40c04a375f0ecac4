import { createServer } from 'node:net'
import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'

/** Somebody who listens on the database's port at an address of the VPC, and would be sent passwords. */

export const strangerMet = 'A stranger is connected to'

export const listenAsStranger = async ({ network, timeline }: Cloud, ip: string) => {
  const server = createServer(socket => {
    timeline.record('lab', strangerMet, { ip })
    socket.destroy()
  })
  const { host, port } = network.listenAt(ip, fixture.port)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port }, resolve))
  return { close: () => new Promise<void>(resolve => server.close(() => resolve())) }
}
