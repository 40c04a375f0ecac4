import { widthOf } from './labels.ts'
import type { Tone } from './rows.ts'

/** Colours are variables of the page's style, so that one drawing serves light, dark and paper. */
export const ink = 'var(--ink)'
export const faint = 'var(--faint)'
export const line = 'var(--line)'
export const paper = 'var(--paper)'

export const fillOf = (tone: Tone): string => `var(--${tone}-fill)`
export const strokeOf = (tone: Tone): string => `var(--${tone})`
export const phaseColour = (index: number): string => `var(--phase-${(index % 6) + 1})`

export const fontFamily = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif'

/** Elements of a drawing, as ECharts' custom series takes them. */
export type Shape =
  | {
      readonly type: 'rect'
      readonly shape: {
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
        readonly r?: number
      }
      readonly style: Style
    }
  | {
      readonly type: 'circle'
      readonly shape: { readonly cx: number; readonly cy: number; readonly r: number }
      readonly style: Style
    }
  | {
      readonly type: 'line'
      readonly shape: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }
      readonly style: Style
    }
  | { readonly type: 'path'; readonly shape: { readonly pathData: string }; readonly style: Style }
  | { readonly type: 'text'; readonly style: TextStyle }

interface Style {
  readonly fill?: string
  readonly stroke?: string
  readonly lineWidth?: number
  readonly lineDash?: number[]
  readonly lineCap?: 'round' | 'butt'
}

interface TextStyle {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly fill: string
  readonly stroke?: string
  readonly lineWidth?: number
  readonly align?: 'left' | 'center' | 'right'
  readonly verticalAlign?: 'top' | 'middle' | 'bottom'
  readonly fontSize: number
  readonly fontWeight?: number
  readonly fontFamily: string
}

export const rect = (x: number, y: number, width: number, height: number, fill: string, r = 0): Shape => ({
  type: 'rect',
  shape: { x, y, width: Math.max(0, width), height, r },
  style: { fill },
})

export const rule = (x1: number, y1: number, x2: number, y2: number, stroke: string, dash?: number[]): Shape => ({
  type: 'line',
  shape: { x1, y1, x2, y2 },
  style: { stroke, lineWidth: 1, ...(dash ? { lineDash: dash } : {}) },
})

export const dot = (cx: number, cy: number, r: number, fill: string): Shape => ({
  type: 'circle',
  shape: { cx, cy, r },
  style: { fill, stroke: paper, lineWidth: 1.5 },
})

export const words = (
  text: string,
  x: number,
  y: number,
  more: Partial<Omit<TextStyle, 'text' | 'x' | 'y' | 'fontFamily'>> = {},
): Shape => ({
  type: 'text',
  style: { text, x, y, fill: ink, align: 'left', verticalAlign: 'middle', fontSize: 11, ...more, fontFamily },
})

/** A text on a ground of its own, so that a line that passes behind it ends beside it. */
export const grounded = (
  text: string,
  { x, align }: { readonly x: number; readonly align: 'left' | 'right' },
  y: number,
  more: Partial<Pick<TextStyle, 'fontWeight'>> = {},
): Shape[] => {
  const width = widthOf(text)
  return [
    rect((align === 'left' ? x : x - width) - 2, y - 7, width + 4, 14, paper),
    words(text, x, y, { ...more, align }),
  ]
}
