import { globSync, readFileSync } from 'node:fs'

/** What the pages from write-ups show: commands with the output right below. */

export interface ShownOutput {
  /** `from-peering.md`. */
  readonly page: string
  readonly command: string
  readonly lines: readonly string[]
}

const root = new URL('../../docs/', import.meta.url)

export const writeUps: readonly string[] = globSync('from-*.md', { cwd: root }).toSorted()

export const textOf = (page: string): string => readFileSync(new URL(page, root), 'utf8')

/** Without what is left out of it. */
const linesOf = (output: string): readonly string[] =>
  output.split('\n').filter(line => line.trim() !== '' && line.trim() !== '…')

const shownIn = (page: string): readonly ShownOutput[] =>
  [...textOf(page).matchAll(/^```sh\n([^`]*)\n```\n\n```\n([^`]*)^```/gm)].map(([, command = '', output = '']) => ({
    page,
    command: command.replaceAll(/\\\n\s*/g, ''),
    lines: linesOf(output),
  }))

export const shownOutputs: readonly ShownOutput[] = writeUps.flatMap(shownIn)

/** Durations differ from run to run, and where a line is wrapped from one width to another. */
const comparable = (text: string): string =>
  text
    .replaceAll(/\b\d+(\.\d+)? (m?s)\b/g, '# $2')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The lines of the page that the output does not have, whole words of it: 10.0.2.2 is not 10.0.2.20. */
export const missingFrom = (output: string, lines: readonly string[]): readonly string[] => {
  const said = ` ${comparable(output)} `
  return lines.filter(line => !said.includes(` ${comparable(line)} `))
}
