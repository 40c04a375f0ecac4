import type { Writable } from 'node:stream'
import { visible } from '../infra/visible.ts'
import { coloured, entry, forTerminal, type Style, visibleJson } from './terminal.ts'

export type Paint = (style: Style, text: string) => string

export interface Progress {
  update(text: string): void
}

/** Lines of a long work, and one below them that stays in place on a terminal and is silent elsewhere. */
export interface Screen {
  /** Adds a line above the one that stays. */
  line(text: string): void
  /** What the line that stays says from now on. */
  standing(text: string): void
  /** Takes it away. */
  stop(): void
}

/**
 * Results go to stdout, everything else to stderr. With `--json` stdout has JSON and nothing else. Whatever is written, a
 * terminal obeys our colours alone.
 */
export interface Output {
  readonly isJson: boolean
  /** Colours for stdout: none without a terminal or with NO_COLOR. */
  readonly paint: Paint
  /** Columns of the terminal, 100 where there is none. */
  readonly width: number
  readonly isTerminal: boolean
  /** One result: its text for people, its value for programs. */
  result(text: string, value: unknown): void
  /** A sentence beside the result. */
  note(text: string): void
  /** The same, where it should be noticed. */
  warn(text: string): void
  /** Says what goes on as long as the work takes. */
  progress<T>(text: string, work: (progress: Progress) => Promise<T>): Promise<T>
  screen(): Screen
}

export interface OutputOptions {
  readonly json?: boolean
  readonly stdout?: Writable & { isTTY?: boolean; columns?: number }
  readonly stderr?: Writable & { isTTY?: boolean }
  readonly env?: Readonly<Record<string, string | undefined>>
}

export const openOutput = (options: OutputOptions = {}): Output => {
  const { json: isJson = false, stdout = process.stdout, stderr = process.stderr, env = process.env } = options
  const paintFor =
    (stream: Writable & { isTTY?: boolean }): Paint =>
    (style, text) =>
      hasColours(stream, env) ? coloured(style, text) : text
  const paint = paintFor(stdout)
  const paintNote = paintFor(stderr)
  const note = (text: string) => {
    stderr.write(`${entry(text)}\n`)
  }
  return {
    isJson,
    paint,
    width: stdout.columns ?? 100,
    isTerminal: stdout.isTTY === true,
    result: (text, value) => {
      const json = JSON.stringify(value, null, stdout.isTTY ? 2 : 0)
      stdout.write(`${isJson ? visibleJson(json) : forTerminal(text)}\n`)
    },
    note,
    warn: text => note(`${paintNote('yellow', 'warning:')} ${text}`),
    progress: (text, work) => withProgress(work, { text, stderr, isLive: isLive(stderr, env) }),
    screen: () => openScreen(stderr, env),
  }
}

/** https://no-color.org and https://force-color.org */
const hasColours = (stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean => {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** A terminal of no width would make the spinner erase lines without end. */
const isLive = (
  stderr: { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): boolean => stderr.isTTY === true && Boolean(stderr.columns) && env.TERM !== 'dumb' && !env.CI

const openScreen = (
  stderr: Writable & { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Screen => {
  const say = (text: string) => stderr.write(`${entry(text)}\n`)
  if (!isLive(stderr, env)) return { line: say, standing: () => {}, stop: () => {} }
  const erase = '\r\u001b[2K'
  let standing = ''
  const draw = () => {
    // A line that wraps could not be erased.
    const room = (stderr.columns ?? 80) - 1
    stderr.write(`${erase}${[...visible(standing)].slice(0, room).join('')}`)
  }
  return {
    line: text => {
      stderr.write(erase)
      say(text)
      draw()
    },
    standing: text => {
      standing = text
      draw()
    },
    stop: () => {
      standing = ''
      stderr.write(erase)
    },
  }
}

interface Spinning {
  readonly text: string
  readonly stderr: Writable
  readonly isLive: boolean
}

/** A spinner on a terminal; silence elsewhere, where a log would fill with its frames. */
const withProgress = async <T>(
  work: (progress: Progress) => Promise<T>,
  { text, stderr, isLive }: Spinning,
): Promise<T> => {
  if (!isLive) return work({ update: () => {} })
  const { default: ora } = await import('ora')
  const spinner = ora({ text: forTerminal(text), stream: stderr as NodeJS.WritableStream, discardStdin: false }).start()
  try {
    return await work({
      update: next => {
        spinner.text = forTerminal(next)
      },
    })
  } finally {
    spinner.stop()
  }
}
