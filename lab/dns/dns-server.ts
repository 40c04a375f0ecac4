import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Answer, decode, encode, type Packet, streamDecode, streamEncode } from 'dns-packet'
import { listen, stopListening } from '../listening.ts'
import type { Closable, Timeline } from '../model.ts'
import { type Resolution, resolveIn, type ZoneView } from './zone.ts'

/**
 * `stale`: the answers of the moment at which the fault began, as the VPC resolver's local cache may give past their TTL
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-availability-scaling.html).
 */
export type DnsFault = 'servfail' | 'silence' | 'empty' | 'stale'

export interface DnsServer extends Closable {
  /** `127.0.0.1:port`, for UDP and TCP. */
  readonly address: string
  /** How many questions arrived. */
  readonly questions: () => number
  /** `undefined` ends the fault. */
  become(fault: DnsFault | undefined): void
  /** Somebody's answers go before those of the zones; `undefined` ends that. */
  poison(answers: ZoneView | undefined): void
}

const authoritative = 0x0400
const rcodes = { servfail: 2, nxdomain: 3 } as const

/** Answers A and CNAME questions from the zones, on loopback. */
export const startDns = async (zones: readonly ZoneView[], timeline: Timeline): Promise<DnsServer> => {
  let fault: DnsFault | undefined
  let poisoned: readonly ZoneView[] = []
  let questions = 0
  const frozen = new Map<string, Resolution | undefined>()
  const seen = new Set<string>()

  const resolve = (name: string): Resolution | undefined =>
    fault === 'stale' && frozen.has(name) ? frozen.get(name) : resolveIn([...poisoned, ...zones], name)

  const reply = (query: Packet): Packet | undefined => {
    questions += 1
    if (fault === 'silence') return undefined
    const [question] = query.questions ?? []
    const base: Packet = { type: 'response', id: query.id ?? 0, questions: query.questions ?? [], answers: [] }
    if (fault === 'servfail' || !question) return { ...base, flags: rcodes.servfail }
    const name = question.name.toLowerCase()
    seen.add(name)
    const resolution = resolve(name)
    if (!resolution) return { ...base, flags: authoritative | rcodes.nxdomain }
    const answers = fault === 'empty' ? [] : answersTo(question.type, resolution)
    return { ...base, flags: authoritative, answers }
  }

  const udp = createSocket('udp4')
  udp.on('message', (message, from) => {
    const response = attempt(() => {
      const answer = reply(decode(message))
      return answer && encode(answer)
    })
    if (response) udp.send(response, from.port, from.address, () => undefined)
  })
  const open = new Set<Socket>()
  const tcp = createServer(socket => {
    open.add(socket)
    let received = Buffer.alloc(0)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', chunk => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2 || received.length < received.readUInt16BE(0) + 2) return
      const response = attempt(() => {
        const answer = reply(streamDecode(received))
        return answer && streamEncode(answer)
      })
      if (response) socket.end(response)
    })
  })
  const port = await bindBoth(udp, tcp)

  return {
    address: `127.0.0.1:${port}`,
    questions: () => questions,
    become: next => {
      frozen.clear()
      if (next === 'stale') for (const name of seen) frozen.set(name, resolveIn(zones, name))
      fault = next
      if (next) timeline.record('dns', 'The resolver misbehaves', { fault: next })
      else timeline.record('dns', 'The resolver answers again')
    },
    poison: answers => {
      poisoned = answers === undefined ? [] : [answers]
      timeline.record('dns', answers ? 'Somebody else answers for the resolver' : 'The resolver answers itself again')
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      await Promise.all([new Promise<void>(done => udp.close(done)), stopListening(tcp)])
    },
  }
}

const answersTo = (type: string, { records }: Resolution): Answer[] => {
  const wanted = type === 'CNAME' ? records.slice(0, 1) : records
  return wanted.flatMap(({ name, record }): Answer[] => {
    const ttl = record.ttlSeconds
    if (record.type === 'CNAME')
      return type === 'A' || type === 'CNAME' ? [{ type: 'CNAME', name, ttl, data: record.target }] : []
    return type === 'A' ? record.addresses.map(data => ({ type: 'A', name, ttl, data })) : []
  })
}

/** What cannot be read, or answered, is left unanswered. */
const attempt = <T>(answer: () => T): T | undefined => {
  try {
    return answer()
  } catch {
    return undefined
  }
}

/** The same port for UDP and TCP. A port that is free for one of them and not for the other is given back. */
const bindBoth = async (udp: DatagramSocket, tcp: Server): Promise<number> => {
  for (let attempt = 1; ; attempt++) {
    const port = await listen(tcp, { host: '127.0.0.1', port: 0 })
    try {
      udp.bind(port, '127.0.0.1')
      await once(udp, 'listening')
      return port
    } catch (error) {
      await stopListening(tcp)
      if (attempt === 20) throw error
    }
  }
}
