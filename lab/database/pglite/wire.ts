/**
 * The little of PostgreSQL's wire protocol that a front end has to know:
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
const protocolVersion3 = 196_608
const cancelRequest = 80_877_102
const sslRequest = 80_877_103
const gssEncRequest = 80_877_104
const longestOpening = 10_000

export type Opening =
  | { readonly kind: 'startup'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'encryption'; readonly by: 'tls' | 'gssapi' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'malformed' }

export interface Message {
  readonly type: string
  readonly bytes: Buffer
}

/** Cuts a stream of bytes into whole packets. A packet's length field counts itself but not a type byte. */
export class PacketReader {
  #buffered: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): void {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk])
  }

  /** The first packets of a connection have no type byte. `undefined` until one is whole. */
  takeOpening(): Opening | undefined {
    // Whoever speaks another protocol (an HTTP probe, say) sends text where the length should be.
    if (this.#buffered.length >= 4 && this.#buffered.readUInt32BE(0) > longestOpening) return { kind: 'malformed' }
    const packet = this.#take(0)
    if (packet === undefined) return undefined
    if (packet.length < 8) return { kind: 'malformed' }
    const code = packet.readInt32BE(4)
    if (code === sslRequest) return { kind: 'encryption', by: 'tls' }
    if (code === gssEncRequest) return { kind: 'encryption', by: 'gssapi' }
    if (code === cancelRequest) return { kind: 'cancel' }
    if (code >> 16 !== protocolVersion3 >> 16) return { kind: 'malformed' }
    return { kind: 'startup', parameters: readParameters(packet.subarray(8)) }
  }

  takeMessage(): Message | undefined {
    const bytes = this.#take(1)
    return bytes === undefined ? undefined : { type: String.fromCharCode(bytes.readUInt8(0)), bytes }
  }

  #take(lengthAt: number): Buffer | undefined {
    if (this.#buffered.length < lengthAt + 4) return undefined
    const whole = lengthAt + Math.max(4, this.#buffered.readInt32BE(lengthAt))
    if (this.#buffered.length < whole) return undefined
    const packet = this.#buffered.subarray(0, whole)
    this.#buffered = this.#buffered.subarray(whole)
    return packet
  }
}

const readParameters = (bytes: Buffer): Record<string, string> => {
  const words = bytes.toString('utf8').split('\0')
  const parameters: Record<string, string> = {}
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) parameters[words[at] ?? ''] = words[at + 1] ?? ''
  return parameters
}

export const packet = (type: string, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export const query = (sql: string): Buffer => packet('Q', sql)

export const readyForQuery = (status: 'I' | 'T' | 'E'): Buffer => packet('Z', Buffer.from(status))

/** What a server says after a startup packet that it accepts: no password, some parameters, ready. */
export const welcome = (parameters: Readonly<Record<string, string>>, processId: number): Buffer =>
  Buffer.concat([
    packet('R', int32(0)),
    ...Object.entries(parameters).map(([name, value]) => packet('S', name, value)),
    packet('K', int32(processId), int32(0)),
    readyForQuery('I'),
  ])

export const errorResponse = (severity: 'ERROR' | 'FATAL', sqlState: string, message: string): Buffer =>
  packet('E', `S${severity}`, `V${severity}`, `C${sqlState}`, `M${message}`, Buffer.from([0]))

/** The transaction status of the last ReadyForQuery in a server's answer; `undefined` when there is none. */
export const lastStatus = (answer: Buffer): string | undefined => {
  let status: string | undefined
  for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    if (answer[at] === 0x5a) status = String.fromCharCode(answer.readUInt8(at + 5))
  }
  return status
}
