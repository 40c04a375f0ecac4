import type { Probe } from '../record/words.ts'
import type { DrillRecord } from '../record.ts'
import { type Place, placeLabels } from './labels.ts'
import { type Mark, type Row, rowsOf } from './rows.ts'
import type { Window } from './window.ts'

/** `narrow` is for phones: labels stand above their rows. */
export type Format = 'wide' | 'narrow'

export const widths: Readonly<Record<Format, number>> = { wide: 1000, narrow: 343 }

export interface PlacedMark extends Mark {
  readonly place: Place
}

export interface PlacedRow extends Row {
  readonly top: number
  readonly barTop: number
  readonly marksTop: number
  readonly bottom: number
  readonly placed: readonly PlacedMark[]
  /** The first row of its lane. */
  readonly isFirst: boolean
}

export interface PlacedProbe {
  readonly probe: Probe
  readonly top: number
  readonly stripTop: number
}

/** Where everything stands, in pixels. */
export interface Layout {
  readonly format: Format
  readonly window: Window
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly phasesTop: number
  readonly rows: readonly PlacedRow[]
  readonly rowsBottom: number
  readonly probes: readonly PlacedProbe[]
  readonly plotBottom: number
  x(ms: number): number
}

export const phaseHeight = 22
export const barHeight = 20
export const levelHeight = 16
export const stripHeight = 44
/** Above the phases stand the numbers of those that are too short to hold theirs. */
export const numberHeight = 14
const titleHeight = 16
/** As many events as come together in a failover: each keeps its label. */
const mostLevels = 6
const rowGap = 9
const axisHeight = 26

export const layOut = (record: DrillRecord, window: Window, format: Format): Layout => {
  const isNarrow = format === 'narrow'
  const width = widths[format]
  const left = isNarrow ? 1 : 140
  const right = width - (isNarrow ? 1 : 44)
  const x = (ms: number) => left + ((ms - window.fromMs) / (window.toMs - window.fromMs)) * (right - left)
  const isInside = ({ atMs }: Mark) => atMs >= window.fromMs && atMs <= window.toMs
  const phasesTop = 2 + numberHeight
  let y = phasesTop + phaseHeight + 12
  let lane = ''
  const rows: PlacedRow[] = []
  for (const row of rowsOf(record)) {
    const isFirst = row.lane !== lane
    lane = row.lane
    const marks = row.marks.filter(isInside)
    const room = { left, right, levels: mostLevels }
    const places = placeLabels(
      marks.map(({ atMs, label }) => ({ x: x(atMs), text: label })),
      room,
    )
    const levels = Math.max(0, ...places.map(({ level }) => level + 1))
    const hasBars = row.bars.length > 0
    if (!hasBars && levels === 0) continue
    const top = y
    const barTop = top + (isNarrow && (isFirst || row.label) ? titleHeight : 0)
    const marksTop = barTop + (hasBars ? barHeight + (levels > 0 ? 4 : 0) : 0)
    const bottom = marksTop + levels * levelHeight
    rows.push({
      ...row,
      isFirst,
      top,
      barTop,
      marksTop,
      bottom,
      placed: marks.map((mark, index) => ({ ...mark, place: places[index] ?? { level: 0 } })),
    })
    y = bottom + rowGap
  }
  const rowsBottom = y
  const probes = record.probes.map(probe => {
    const top = y + 4
    const stripTop = top + (isNarrow ? titleHeight : 0)
    y = stripTop + stripHeight + rowGap
    return { probe, top, stripTop }
  })
  const plotBottom = y
  return {
    format,
    window,
    width,
    height: plotBottom + axisHeight,
    left,
    right,
    phasesTop,
    rows,
    rowsBottom,
    probes,
    plotBottom,
    x,
  }
}
