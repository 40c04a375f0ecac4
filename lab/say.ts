import { entry, forTerminal, visibleJson } from '../cli/terminal.ts'

/**
 * All that the laboratory writes goes through the command line's filter: every user of this machine can send it events and
 * calls, and they are told in its timeline and its results.
 */

type Stream = Pick<NodeJS.WritableStream, 'write'>

export const say = (text: string, stream: Stream = process.stdout): void => {
  stream.write(`${forTerminal(text)}\n`)
}

export const sayJson = (value: unknown, stream: Stream = process.stdout): void => {
  stream.write(`${visibleJson(JSON.stringify(value, null, 2))}\n`)
}

/** What ends a run. */
export const sayWhy = (error: unknown, stream: Stream = process.stderr): void => {
  stream.write(`${entry(error instanceof Error ? error.message : String(error))}\n`)
}
