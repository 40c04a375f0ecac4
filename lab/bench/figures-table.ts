import { cpus, platform, totalmem } from 'node:os'
import Table from 'cli-table3'
import { type Figure, isMet } from './figures.ts'
import { outageSpeed } from './measure-outages.ts'

export const notes = [
  'Times are medians over processes that took turns with an empty handler on the same Node, behind a Lambda Runtime API',
  'server; AWS is answered over TLS on loopback. Cold: start of the process to the end of the first invocation.',
  'In the swaps one DNS answer settles and a registered target is healthy at once, so that neither settling nor the load',
  'balancer is timed; both looks that verify the swap, and both events that tell of it, are in.',
  `Outages are of the rehearsed failover, in seconds as on AWS; the laboratory runs ${outageSpeed} times faster.`,
  '`npm start -- --compare` names the delays they rest on.',
].join('\n')

export const describeMachine = () => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: platform(),
  architecture: process.arch,
  node: process.version,
})

export const renderTable = (figures: readonly Figure[]): string => {
  const table = new Table({
    head: ['figure', 'value', 'target', '', 'how'],
    colWidths: [null, null, null, null, 60],
    wordWrap: true,
    colAligns: ['left', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [] },
  })
  for (const figure of figures) {
    const met = isMet(figure)
    table.push([
      figure.name,
      show(figure.value, figure.unit),
      figure.atMost === undefined ? '' : `at most ${show(figure.atMost, figure.unit)}`,
      met === undefined ? '' : met ? 'met' : 'MISSED',
      figure.detail ?? '',
    ])
  }
  return table.toString()
}

const digits = { '': 2, KB: 1, MB: 1, ms: 1, s: 0, times: 2, calls: 0 } as const

const show = (value: number, unit: Figure['unit']): string => {
  const number = Number.isInteger(value) ? String(value) : value.toFixed(digits[unit])
  return unit === 'times' ? `${number}x` : unit === 'calls' ? number : `${number} ${unit}`
}
