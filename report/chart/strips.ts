import { attemptsOf } from '../measure.ts'
import { widthOf } from './labels.ts'
import { type Layout, type PlacedProbe, stripHeight } from './layout.ts'
import { faint, fillOf, grounded, line, rect, rule, type Shape, strokeOf, words } from './paint.ts'
import { clamp, sayDuration } from './window.ts'

/** Latency axis of a strip, in milliseconds, logarithmic. */
export const latencyAxis = { min: 1, max: 10_000 }

/** What one kind of client saw: outages as blocks, the latency of what worked above the line. */
export const drawStrip = (
  { probe, top, stripTop }: PlacedProbe,
  layout: Layout,
  endedMs: number,
  yOf: (latencyMs: number) => number,
): Shape[] => {
  const { window, x, format, left, right } = layout
  const isNarrow = format === 'narrow'
  const bottom = stripTop + stripHeight
  const [path, detail] = probe.path === 'front-door' ? ['Client', probe.name] : ['Direct', probe.name]
  const title = isNarrow
    ? grounded(`${path} · ${detail}`, { x: left, align: 'left' }, top + 6, { fontWeight: 600 })
    : [
        words(path, 0, stripTop + 8, { fontWeight: 600, fontSize: 12 }),
        ...wrap(detail, 22).map((text, index) =>
          words(text, 0, stripTop + 22 + index * 12, { fill: faint, fontSize: 10 }),
        ),
      ]
  const outages = probe.outages
    .map(({ fromMs, toMs = endedMs }) => ({ fromMs, toMs }))
    .filter(({ fromMs, toMs }) => toMs > window.fromMs && fromMs < window.toMs)
    .flatMap(({ fromMs, toMs }) => {
      const [from, to] = [x(clamp(fromMs, window)), x(clamp(toMs, window))]
      const text = `down ${sayDuration(toMs - fromMs)}`
      return [
        rect(from, stripTop, Math.max(1.5, to - from), stripHeight, fillOf('bad')),
        rect(from, bottom - 4, Math.max(1.5, to - from), 4, strokeOf('bad')),
        ...(widthOf(text) + 16 < to - from
          ? [words(text, from + 8, stripTop + 12, { fontWeight: 600, fontSize: 12 })]
          : []),
      ]
    })
  return [
    rule(isNarrow ? left : 0, top - 5, right, top - 5, line),
    ...title,
    // What comes after the end is not known.
    rect(left, bottom - 4, x(clamp(endedMs, window)) - left, 4, strokeOf('good')),
    ...outages,
    ...drawLatency(layout, attemptsOf(probe), yOf),
  ]
}

/** Thousands of attempts share a thousand pixels: each column shows its fastest and its slowest. */
const columnWidth = 2

const drawLatency = (
  { x, window }: Layout,
  attempts: ReturnType<typeof attemptsOf>,
  yOf: (latencyMs: number) => number,
): Shape[] => {
  const columns = new Map<number, { least: number; most: number }>()
  for (const { atMs, tookMs, error } of attempts) {
    if (error !== undefined || atMs < window.fromMs || atMs > window.toMs) continue
    const column = Math.round(x(atMs) / columnWidth) * columnWidth
    const seen = columns.get(column)
    columns.set(column, {
      least: Math.min(seen?.least ?? tookMs, tookMs),
      most: Math.max(seen?.most ?? tookMs, tookMs),
    })
  }
  const limit = (ms: number) => Math.min(latencyAxis.max, Math.max(latencyAxis.min, ms))
  const pathData = [...columns]
    .map(
      ([column, { least, most }]) =>
        `M${column} ${(yOf(limit(least)) + 0.7).toFixed(1)}V${(yOf(limit(most)) - 0.7).toFixed(1)}`,
    )
    .join('')
  if (pathData === '') return []
  return [{ type: 'path', shape: { pathData }, style: { stroke: 'var(--latency)', lineWidth: 2, lineCap: 'round' } }]
}

const wrap = (text: string, most: number): string[] => {
  const lines: string[] = []
  for (const part of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + part.length < most) lines[lines.length - 1] = `${last} ${part}`
    else lines.push(part)
  }
  return lines.slice(0, 2)
}
