import { BarChart, type BarSeriesOption } from 'echarts/charts'
import { GridComponent, type GridComponentOption } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { DrillRecord } from '../record.ts'
import { type Format, widths } from './layout.ts'
import { faint, fontFamily, ink, line, paper, phaseColour } from './paint.ts'
import { tidy } from './timeline.ts'
import { sayTick, tickMs } from './window.ts'

echarts.use([BarChart, GridComponent, SVGRenderer])

type Option = echarts.ComposeOption<BarSeriesOption | GridComponentOption>

/** The phases of several records, one bar a record over one time axis. */
export const drawPhaseBars = (records: readonly DrillRecord[], names: readonly string[], format: Format): string => {
  const width = widths[format]
  const height = records.length * 52 + 34
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(optionOf(records, names, width, format === 'narrow' ? 34 : 60))
    return tidy(chart.renderToSVGString({ useViewBox: true }))
  } finally {
    chart.dispose()
  }
}

const optionOf = (records: readonly DrillRecord[], names: readonly string[], width: number, left: number): Option => {
  const right = 16
  const most = Math.max(...records.flatMap(({ phases, endedMs }) => phases.map(({ toMs = endedMs }) => toMs)))
  const window = { fromMs: 0, toMs: Math.ceil(most * 1.02) }
  const step = tickMs(window, width - left - right)
  const count = Math.max(...records.map(({ phases }) => phases.length))
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
    series: Array.from({ length: count }, (_, index) => ({
      type: 'bar',
      stack: 'phases',
      silent: true,
      barWidth: 28,
      data: records.map(({ phases, endedMs }) => {
        const phase = phases[index]
        return phase ? (phase.toMs ?? endedMs) - phase.fromMs : 0
      }),
      itemStyle: { color: phaseColour(index), borderColor: paper, borderWidth: 1 },
      label: {
        show: true,
        color: 'var(--on-phase)',
        fontSize: 12,
        fontWeight: 700,
        fontFamily,
        formatter: ({ value }) =>
          typeof value === 'number' && (value / window.toMs) * (width - left - right) > 18 ? String(index + 1) : '',
      },
    })),
  }
}
