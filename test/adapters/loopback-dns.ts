import { createSocket } from 'node:dgram'
import { type Answer, decode, encode, type Question } from 'dns-packet'

/** What one name says. `empty` exists without records of the type that is asked for. */
export type Row =
  | { readonly alias: string; readonly ttl?: number }
  | { readonly addresses: readonly string[]; readonly ttl?: number }
  | 'empty'
  | 'nxdomain'
  | 'servfail'
  | 'silence'

export interface LoopbackDns {
  /** `127.0.0.1:port` */
  readonly address: string
  /** `TYPE name` of each question, in order. */
  readonly asked: readonly string[]
  set(name: string, row: Row): void
  /** Runs after each answer has been made up, before the next. */
  afterAnswer: ((question: Question) => void) | undefined
  /** What each answer takes at least. */
  delayMs: number
  close(): Promise<void>
}

const rcodes = { nxdomain: 3, servfail: 2 } as const
const recursionAvailable = 0x0180

/** A resolver over UDP on loopback. It answers as Route 53's does: an A question gets the whole chain of aliases. */
export const startLoopbackDns = async (rows: Readonly<Record<string, Row>>): Promise<LoopbackDns> => {
  const zone = new Map(Object.entries(rows))
  const asked: string[] = []
  const late: NodeJS.Timeout[] = []
  const socket = createSocket('udp4')

  const walk = ({ name, type }: Question): { answers: Answer[]; end: Row } => {
    const answers: Answer[] = []
    for (let current = name; ; ) {
      const row = zone.get(current) ?? 'nxdomain'
      if (typeof row === 'string') return { answers, end: row }
      const ttl = row.ttl ?? 5
      if ('addresses' in row) {
        if (type === 'A') answers.push(...row.addresses.map(data => ({ type: 'A' as const, name: current, ttl, data })))
        return { answers, end: 'empty' }
      }
      answers.push({ type: 'CNAME', name: current, ttl, data: row.alias })
      if (type === 'CNAME' || answers.length > 16) return { answers, end: 'empty' }
      current = row.alias
    }
  }

  const server: LoopbackDns = {
    address: '',
    asked,
    set: (name, row) => zone.set(name, row),
    afterAnswer: undefined,
    delayMs: 0,
    close: () => {
      for (const timer of late) clearTimeout(timer)
      return new Promise(resolve => socket.close(() => resolve()))
    },
  }

  socket.on('message', (message, from) => {
    const { id = 0, questions = [] } = decode(message)
    const [question] = questions
    if (question === undefined) return
    asked.push(`${question.type} ${question.name}`)
    const { answers, end } = walk(question)
    server.afterAnswer?.(question)
    if (end === 'silence') return
    const rcode = end === 'nxdomain' || end === 'servfail' ? rcodes[end] : 0
    const reply = encode({ type: 'response', id, flags: recursionAvailable | rcode, questions, answers })
    const send = () => socket.send(reply, from.port, from.address)
    if (server.delayMs > 0) late.push(setTimeout(send, server.delayMs))
    else send()
  })
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  return Object.assign(server, { address: `127.0.0.1:${socket.address().port}` })
}
