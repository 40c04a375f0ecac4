import { coloured, type Style } from '../../cli/terminal.ts'
import type { Lane } from '../model.ts'

/** Colours, which `say` knows for ours; for terminals only, and for nobody who has set NO_COLOR (https://no-color.org). */
export type Paint = (style: Style, text: string) => string

export const paintFor = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint => {
  const isColoured = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return (style, text) => (isColoured ? coloured(style, text) : text)
}

export const laneStyles: Readonly<Record<Lane, Style>> = {
  rds: 'yellow',
  dns: 'cyan',
  event: 'magenta',
  function: 'green',
  api: 'blue',
  targets: 'white',
  client: 'red',
  lab: 'gray',
}
