import { type Command, InvalidArgumentError } from 'commander'

/** Where to connect instead: through a tunnel, or to the lab on loopback. What TLS proves stays the name. */
export type Detours = ReadonlyMap<string, Place>

export interface Place {
  readonly host: string
  readonly port: number
}

const shape = /^([^\s=]+):(\d+)=([^\s=]+):(\d+)$/

/** `HOST:PORT=HOST:PORT`, repeatable; several in one text are separated by commas. @throws InvalidArgumentError */
export const readDetours = (text: string, before: Detours = new Map()): Detours => {
  const detours = new Map(before)
  for (const part of text.split(',').filter(Boolean)) {
    const [, from, fromPort, host = '', port] = shape.exec(part.trim()) ?? []
    if (from === undefined) throw new InvalidArgumentError(`Expected HOST:PORT=HOST:PORT, got ${part}.`)
    detours.set(`${from}:${fromPort}`, { host, port: Number(port) })
  }
  return detours
}

export const addTunnelOption = (command: Command): Command =>
  command.option(
    '--connect-to <from=to>',
    'connect to HOST:PORT instead of HOST:PORT, for a tunnel; repeatable (also REPOINT_CONNECT_TO)',
    readDetours,
  )

/** As the option says, or else the variable. */
export const detoursOf = (
  { connectTo }: { readonly connectTo?: Detours },
  env: Readonly<Record<string, string | undefined>>,
): Detours => connectTo ?? readDetours(env.REPOINT_CONNECT_TO ?? '')

export const detourFor = (detours: Detours, place: Place): Place => detours.get(`${place.host}:${place.port}`) ?? place

/** `HOST:PORT`. @throws InvalidArgumentError */
export const readPlace = (text: string): Place => {
  const [, host, port] = /^([^\s:]+):(\d{1,5})$/.exec(text) ?? []
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new InvalidArgumentError('Expected HOST:PORT.')
  }
  return { host, port: Number(port) }
}
