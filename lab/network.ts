import { createServer } from 'node:net'
import { freePort, listen, stopListening } from './listening.ts'
import type { Closable, Network } from './model.ts'

export interface Address {
  readonly ip: string
  readonly port: number
}

type Socket = { host: string; port: number }

/**
 * Maps private addresses to loopback: 10.a.b.c:port is 127.a.b.c:port where the system has all of 127.0.0.0/8 (Linux)
 * and a free port on 127.0.0.1 elsewhere. Every address that something will listen on is named here, so that a port
 * which is taken gets a substitute before anybody relies on it. Two labs at once get different addresses.
 */
export const openNetwork = async (addresses: readonly Address[]): Promise<Network & Closable> => {
  const lane = await takeLane()
  const sockets = new Map<string, Socket>()
  for (const address of addresses) sockets.set(keyOf(address), await findSocket(address, lane))
  const socketOf = (ip: string, port: number): Socket => {
    const known = sockets.get(keyOf({ ip, port }))
    if (known) return known
    // Nothing of the lab listens there; the answer only has to stay the same.
    const guess = lane ? wished({ ip, port }, lane.number) : { host: '127.0.0.1', port: 20_000 + sockets.size }
    sockets.set(keyOf({ ip, port }), guess)
    return guess
  }
  return { listenAt: socketOf, connectTo: socketOf, close: async () => lane?.release() }
}

const keyOf = ({ ip, port }: Address): string => `${ip}:${port}`

/** Ports below 1024 need privileges on most systems. */
const unprivileged = (port: number): number => (port < 1024 ? port + 10_000 : port)

const wished = ({ ip, port }: Address, lane: number): Socket => {
  const [, a = '0', b = '0', c = '0'] = ip.split('.')
  return { host: `127.${(Number(a) + lane) % 240}.${b}.${c}`, port: unprivileged(port) }
}

const findSocket = async (address: Address, lane: Lane | undefined): Promise<Socket> => {
  if (lane) {
    const wish = wished(address, lane.number)
    if (await isFree(wish)) return wish
    return { host: wish.host, port: await freePort(wish.host) }
  }
  return { host: '127.0.0.1', port: await freePort('127.0.0.1') }
}

interface Lane {
  readonly number: number
  release(): Promise<void>
}

/**
 * A standby holds no port while it is silent, so a second lab could take its address before the failover. Each lab
 * therefore holds one listener that marks its share of 127.0.0.0/8. `undefined` where only 127.0.0.1 exists.
 */
const takeLane = async (): Promise<Lane | undefined> => {
  for (let number = 0; number < 200; number++) {
    try {
      const lock = createServer().unref()
      await listen(lock, { host: `127.250.${number}.1`, port: 45_111 })
      return { number, release: () => stopListening(lock) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return undefined
    }
  }
  return undefined
}

const isFree = async (socket: Socket): Promise<boolean> => {
  try {
    const server = createServer()
    await listen(server, socket)
    await stopListening(server)
    return true
  } catch {
    return false
  }
}
