import type { DrillRecord } from '../record.ts'
import { widthOf } from './labels.ts'
import { barHeight, type Layout, levelHeight, numberHeight, type PlacedRow, phaseHeight } from './layout.ts'
import {
  dot,
  faint,
  fillOf,
  grounded,
  line,
  paper,
  phaseColour,
  rect,
  rule,
  type Shape,
  strokeOf,
  words,
} from './paint.ts'
import { numberPhases, type PhaseNumbers, phaseIndex } from './phase-numbers.ts'
import type { Bar } from './rows.ts'
import { clamp, type Window } from './window.ts'

/** Everything above the clients' strips: phases, and a row for each thing that had a state or said something. */
export const drawLanes = (record: DrillRecord, layout: Layout, numbers = numberPhases([record])): Shape[] => [
  ...drawPhases(record, layout, numbers),
  ...layout.rows.flatMap(row => drawRow(row, layout)),
]

const overlaps = (bar: { fromMs: number; toMs: number }, { fromMs, toMs }: Window): boolean =>
  bar.toMs > fromMs && bar.fromMs < toMs

/** So much room a number takes inside its phase, and beside another one above it. */
const numberWidth = 16

const drawPhases = (
  { phases, endedMs }: DrillRecord,
  { x, window, phasesTop, plotBottom, left, right }: Layout,
  numbers: PhaseNumbers,
): Shape[] => {
  let freeFrom = left
  return phases.flatMap(({ fromMs, toMs = endedMs, until }) => {
    if (!overlaps({ fromMs, toMs }, window)) return []
    const index = phaseIndex(numbers, { until })
    const [from, to] = [x(clamp(fromMs, window)), x(clamp(toMs, window))]
    const isRoomy = to - from >= numberWidth
    // A short phase has its number above it, moved aside where the one before is too near.
    const above = Math.min(Math.max((from + to) / 2, freeFrom + numberWidth / 2), right - numberWidth / 2)
    if (!isRoomy) freeFrom = above + numberWidth / 2
    return [
      rect(from, phasesTop, Math.max(1.5, to - from - 1), phaseHeight, phaseColour(index), 3),
      words(
        String(index + 1),
        isRoomy ? (from + to) / 2 : above,
        isRoomy ? phasesTop + phaseHeight / 2 : phasesTop - numberHeight / 2,
        { align: 'center', fill: isRoomy ? 'var(--on-phase)' : phaseColour(index), fontSize: 12, fontWeight: 700 },
      ),
      ...(toMs < window.toMs
        ? [rule(to - 0.5, phasesTop + phaseHeight + 3, to - 0.5, plotBottom, phaseColour(index), [3, 3])]
        : []),
    ]
  })
}

const drawRow = (row: PlacedRow, layout: Layout): Shape[] => {
  const { left, right, format, window, x } = layout
  const name = [row.isFirst ? row.lane : '', row.label].filter(Boolean)
  const isNarrow = format === 'narrow'
  const titleY = isNarrow ? row.top + 6 : row.barTop + (row.bars.length > 0 ? barHeight / 2 : levelHeight / 2)
  const title = isNarrow
    ? grounded(name.join(' · '), { x: left, align: 'left' }, titleY, { fontWeight: 600 })
    : [
        ...(row.isFirst ? [words(row.lane, 0, titleY, { fontWeight: 600, fontSize: 12 })] : []),
        ...(row.label ? [words(row.label, left - 10, titleY, { align: 'right', fill: faint, fontSize: 10 })] : []),
      ]
  const separator = row.isFirst ? [rule(isNarrow ? left : 0, row.top - 5, right, row.top - 5, line)] : []
  const bars = row.bars.filter(bar => overlaps(bar, window)).flatMap(bar => drawBar(bar, row, layout))
  const marks = row.placed.flatMap(({ atMs, label, tone, place }) => {
    const y = row.marksTop + place.level * levelHeight + levelHeight / 2
    return [...(place.label ? grounded(label, place.label, y) : []), dot(x(atMs), y, 4, strokeOf(tone))]
  })
  return [...separator, ...title, ...bars, ...marks]
}

const drawBar = ({ fromMs, toMs, label, tone }: Bar, { barTop }: PlacedRow, { x, window }: Layout): Shape[] => {
  const [from, to] = [x(clamp(fromMs, window)), x(clamp(toMs, window))]
  const width = Math.max(2, to - from - 1)
  const fitting = [label, label.replace(/ \(.*$/, ''), label.replace(/^.*: /, '')].find(
    text => widthOf(text) + 12 <= width,
  )
  return [
    rect(from, barTop, width, barHeight, paper, 3),
    rect(from, barTop, width, barHeight, fillOf(tone), 3),
    rect(from, barTop, Math.min(3, width), barHeight, strokeOf(tone), 1),
    ...(fitting ? [words(fitting, from + 8, barTop + barHeight / 2)] : []),
  ]
}
