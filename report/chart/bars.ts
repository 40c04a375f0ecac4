import type { DrillRecord } from '../record.ts'
import { type Format, widths } from './layout.ts'
import { faint, fontFamily, ink, line, phaseColour, rect, type Shape, words } from './paint.ts'
import { type PhaseNumbers, phaseIndex } from './phase-numbers.ts'
import { type Option, renderSvg } from './svg.ts'
import { sayTick, tickMs } from './window.ts'

export interface Bars {
  readonly records: readonly DrillRecord[]
  readonly names: readonly string[]
  readonly numbers: PhaseNumbers
}

const rowHeight = 52
const barHeight = 28

/** The phases of several records, one bar a record over one time axis. A phase that a record has not leaves no mark. */
export const drawPhaseBars = (bars: Bars, format: Format): string => {
  const width = widths[format]
  const height = bars.records.length * rowHeight + 34
  return renderSvg(optionOf(bars, width, format === 'narrow' ? 34 : 60), { width, height })
}

const optionOf = ({ records, names, numbers }: Bars, width: number, left: number): Option => {
  const right = 16
  const most = Math.max(...records.flatMap(({ phases, endedMs }) => phases.map(({ toMs = endedMs }) => toMs)))
  const window = { fromMs: 0, toMs: Math.ceil(most * 1.02) }
  const step = tickMs(window, width - left - right)
  const x = (ms: number) => left + (ms / window.toMs) * (width - left - right)
  return {
    animation: false,
    grid: { left, right, top: 6, bottom: 28 },
    xAxis: {
      type: 'value',
      min: 0,
      max: window.toMs,
      interval: step,
      splitLine: { lineStyle: { color: line } },
      axisLabel: {
        color: faint,
        fontSize: 11,
        fontFamily,
        showMaxLabel: false,
        formatter: (ms: number) => sayTick(ms, step),
      },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...names],
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: ink, fontSize: 13, fontWeight: 600, fontFamily },
    },
    series: {
      type: 'custom',
      silent: true,
      data: records.map((_, index) => [0, index]),
      renderItem: ({ dataIndex }, api) => {
        const record = records[dataIndex]
        const middle = api.coord([0, dataIndex])[1] ?? 0
        return { type: 'group', children: (record ? drawBar(record, numbers, { x, middle }) : []) as never }
      },
    },
  }
}

interface Line {
  readonly middle: number
  x(ms: number): number
}

const drawBar = ({ phases, endedMs }: DrillRecord, numbers: PhaseNumbers, { x, middle }: Line): Shape[] =>
  phases.flatMap(({ fromMs, toMs = endedMs, until }) => {
    const index = phaseIndex(numbers, { until })
    const width = Math.max(1.5, x(toMs) - x(fromMs) - 1)
    return [
      rect(x(fromMs), middle - barHeight / 2, width, barHeight, phaseColour(index), 2),
      ...(width > 17
        ? [
            words(String(index + 1), x(fromMs) + width / 2, middle, {
              align: 'center',
              fill: 'var(--on-phase)',
              fontSize: 12,
              fontWeight: 700,
            }),
          ]
        : []),
    ]
  })
