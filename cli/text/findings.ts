import type { Finding, Severity } from '../checks/finding.ts'
import type { Paint } from '../output.ts'
import { inline, inlineAll } from '../terminal.ts'

export interface ShowOptions {
  readonly paint: Paint
  readonly width: number
  /** Shows the facts of what is ok too, not only the names of the checks. */
  readonly isVerbose: boolean
}

const order: readonly Severity[] = ['problem', 'warning', 'unknown', 'notice', 'ok']
const signs: Readonly<Record<Severity, string>> = { problem: '✗', warning: '!', unknown: '?', notice: 'i', ok: '✓' }
const styles = { problem: 'red', warning: 'yellow', unknown: 'magenta', notice: 'cyan', ok: 'green' } as const
const indent = '    '

/** The findings of one database, the worst first. */
export const showFindings = (title: string, given: readonly Finding[], options: ShowOptions): string => {
  const findings = inlineAll(given)
  const { paint, isVerbose } = options
  const shown = order
    .filter(severity => severity !== 'ok' || isVerbose)
    .flatMap(severity => findings.filter(finding => finding.severity === severity))
  const sound = [...new Set(findings.filter(({ severity }) => severity === 'ok').map(({ check }) => check))]
  const rest =
    isVerbose || sound.length === 0
      ? []
      : [`${paint('green', '✓')} ${wrap(`ok: ${sound.join(', ')}`, options.width, '  ')}`, '']
  const blocks = together(shown).flatMap(group => [...showGroup(group, options), ''])
  return [paint('bold', inline(title)), '', ...blocks, ...rest, showCounts(findings)].join('\n')
}

/** Checks that say the very same, such as that one permission is missing, say it once. */
const together = (findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] => {
  const groups = new Map<string, [Finding, ...Finding[]]>()
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.fact}`
    const group = groups.get(key)
    if (group) group.push(finding)
    else groups.set(key, [finding])
  }
  return [...groups.values()]
}

const showGroup = (group: readonly [Finding, ...Finding[]], { paint, width }: ShowOptions): string[] => {
  const [{ severity, fact, remedy, source }] = group
  const names = wrap(group.map(({ check }) => check).join(', '), width, indent)
  return [
    `${paint(styles[severity], `${signs[severity]} ${severity}`)}  ${paint('bold', names)}`,
    indent + wrap(fact, width, indent),
    ...(remedy === undefined ? [] : [`${indent}${paint('dim', 'remedy')}  ${wrap(remedy, width, `${indent}      `)}`]),
    ...(source === undefined || severity === 'ok' ? [] : [`${indent}${paint('dim', source)}`]),
  ]
}

/** Breaks between words; a word that is too long keeps its line, so that addresses can be copied. */
const wrap = (text: string, width: number, margin: string): string => {
  const room = Math.max(30, width - margin.length)
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.join(`\n${margin}`)
}

export type Counts = Readonly<Record<Severity, number>>

export const countFindings = (findings: readonly Finding[]): Counts =>
  Object.fromEntries(
    order.map(severity => [severity, findings.filter(finding => finding.severity === severity).length]),
  ) as unknown as Counts

const showCounts = (findings: readonly Finding[]): string => {
  const counts = countFindings(findings)
  const named = (severity: Severity, one: string, many: string) =>
    counts[severity] === 0 ? [] : [`${counts[severity]} ${counts[severity] === 1 ? one : many}`]
  const parts = [
    ...named('problem', 'problem', 'problems'),
    ...named('warning', 'warning', 'warnings'),
    ...named('unknown', 'unknown', 'unknown'),
    ...named('notice', 'notice', 'notices'),
  ]
  return parts.length === 0
    ? 'No problem found.'
    : `${counts.problem === 0 ? 'No problem found; ' : ''}${parts.join(', ')}.`
}

/** What was checked before an act, one line a finding, in the order of the checks. */
export const showCheckList = (findings: readonly Finding[], paint: Paint): string =>
  inlineAll(findings)
    .map(({ check, severity, fact }) => `  ${paint(styles[severity], severity.padEnd(7))} ${check}: ${fact}`)
    .join('\n')

const against: readonly Severity[] = ['problem', 'unknown']

/** What stands against an act, each with its remedy; empty where nothing does. */
export const showAgainst = (findings: readonly Finding[]): string =>
  inlineAll(findings)
    .filter(({ severity }) => against.includes(severity))
    .map(({ check, fact, remedy = '' }) => `  ${check}: ${fact} ${remedy}`.trimEnd())
    .join('\n')
