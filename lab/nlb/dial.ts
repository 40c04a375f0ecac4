import { connect, type Socket } from 'node:net'
import type { LabTime, Network, TargetId } from '../model.ts'
import { losePatience } from './patience.ts'

/** How a packet gets from the load balancer to a target. */
export interface Dialer {
  readonly network: Network
  readonly time: LabTime
  /** The address on loopback that targets see, where it matters. */
  readonly from?: string
  /**
   * False while packets to this address are dropped. Loopback cannot drop them, so an attempt to connect is not made and
   * times out instead.
   */
  readonly isReachable?: (ip: string, port: number) => boolean
}

/** How long a SYN to a silent address is followed: Linux gives up after 127 s. Scenario time. */
export const synTimeoutMs = 127_000

export type Dialled =
  | { readonly outcome: 'connected'; readonly socket: Socket }
  | { readonly outcome: 'refused' | 'timeout' | 'aborted' }

/** Opens a TCP connection. The time limit is scenario time. Never rejects; the socket is the caller's to end. */
export const dial = async (
  target: TargetId,
  timeoutMs: number,
  dialer: Dialer,
  signal: AbortSignal,
): Promise<Dialled> => {
  const { time, network, from, isReachable = () => true } = dialer
  if (signal.aborted) return { outcome: 'aborted' }
  const socket = isReachable(target.ip, target.port)
    ? connect({ ...network.connectTo(target.ip, target.port), noDelay: true, ...(from && { localAddress: from }) })
    : undefined
  const { promise, resolve } = Promise.withResolvers<Dialled>()
  socket?.once('connect', () => resolve({ outcome: 'connected', socket }))
  socket?.once('error', () => resolve({ outcome: 'refused' }))
  const cancel = losePatience(time, timeoutMs, () => resolve({ outcome: 'timeout' }))
  const onAbort = () => resolve({ outcome: 'aborted' })
  signal.addEventListener('abort', onAbort, { once: true })
  const dialled = await promise
  cancel()
  signal.removeEventListener('abort', onAbort)
  if (dialled.outcome !== 'connected') socket?.on('error', () => undefined).destroy()
  return dialled
}
