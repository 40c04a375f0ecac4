import type { DrillRecord } from '../record.ts'
import { drawLanes } from './lanes.ts'
import { type Format, type Layout, layOut, stripHeight } from './layout.ts'
import { faint, fontFamily, line, type Shape } from './paint.ts'
import { numberPhases, type PhaseNumbers } from './phase-numbers.ts'
import { drawStrip, latencyAxis } from './strips.ts'
import { type Option, renderSvg } from './svg.ts'
import { sayTick, tickMs, ticksOf, type Window } from './window.ts'

/** The story over one time axis, as an SVG that needs no script. */
export const drawTimeline = (
  record: DrillRecord,
  window: Window,
  format: Format,
  numbers: PhaseNumbers = numberPhases([record]),
): string => {
  const layout = layOut(record, window, format)
  return renderSvg(optionOf(record, layout, numbers), layout)
}

const optionOf = (record: DrillRecord, layout: Layout, numbers: PhaseNumbers): Option => {
  const { left, right, width, height, probes, rowsBottom, phasesTop, window, plotBottom } = layout
  const step = tickMs(window, right - left)
  const customValues = ticksOf(window, step)
  const grids = [
    { top: phasesTop, bottom: plotBottom },
    ...probes.map(({ stripTop }) => ({ top: stripTop, bottom: stripTop + stripHeight })),
  ]
  return {
    animation: false,
    grid: grids.map(({ top, bottom }) => ({ left, right: width - right, top, bottom: height - bottom })),
    xAxis: grids.map((_, index) => ({
      type: 'value',
      gridIndex: index,
      min: window.fromMs,
      max: window.toMs,
      show: index === 0,
      axisLine: { onZero: false, lineStyle: { color: line } },
      axisTick: { show: true, customValues, lineStyle: { color: line } },
      splitLine: { show: true, customValues, lineStyle: { color: line, opacity: 0.6 } },
      axisLabel: {
        color: faint,
        fontSize: 11,
        fontFamily,
        customValues,
        formatter: (ms: number) => sayTick(ms, step),
      },
    })),
    yAxis: grids.map((_, index) =>
      index === 0
        ? { type: 'value', gridIndex: 0, min: 0, max: 1, show: false }
        : {
            type: 'log',
            gridIndex: index,
            ...latencyAxis,
            position: 'right',
            show: layout.format === 'wide',
            axisLine: { show: false },
            axisTick: { show: false },
            splitLine: { show: false },
            axisLabel: {
              color: faint,
              fontSize: 10,
              fontFamily,
              formatter: (ms: number) => ({ 10: '10 ms', 1000: '1 s' })[ms] ?? '',
            },
          },
    ),
    series: grids.map((_, index) => ({
      type: 'custom',
      xAxisIndex: index,
      yAxisIndex: index,
      silent: true,
      // What is drawn depends on the whole record: one item draws it all.
      data: [[window.fromMs, 1]],
      renderItem: (_params, api) => ({
        type: 'group',
        children: drawGrid(
          { record, layout, numbers },
          index,
          ms => api.coord([window.fromMs, ms])[1] ?? rowsBottom,
        ) as never,
      }),
    })),
  }
}

interface Drawing {
  readonly record: DrillRecord
  readonly layout: Layout
  readonly numbers: PhaseNumbers
}

const drawGrid = ({ record, layout, numbers }: Drawing, index: number, yOf: (latencyMs: number) => number): Shape[] => {
  const probe = layout.probes[index - 1]
  return probe ? drawStrip(probe, layout, record.endedMs, yOf) : drawLanes(record, layout, numbers)
}
