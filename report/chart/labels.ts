/** Where labels go beside their marks so that none covers another. Pixels. */

export interface Wish {
  readonly x: number
  readonly text: string
}

export interface Place {
  readonly level: number
  /** Absent where there is room for the dot alone. */
  readonly label?: { readonly x: number; readonly align: 'left' | 'right' }
}

/** Mean width of a character of a sans-serif font of 11 px; exact enough to keep texts apart. */
const characterWidth = 5.9
const gap = 7

export const widthOf = (text: string): number => text.length * characterWidth

export interface Room {
  readonly left: number
  readonly right: number
  /** How many lines of text there may be. */
  readonly levels: number
}

type Taken = (readonly [from: number, to: number])[]

/** One place a wish, in their order: with its label where that fits on one of the levels, else its dot alone. */
export const placeLabels = (wishes: readonly Wish[], { left, right, levels }: Room): Place[] => {
  const taken: Taken[] = Array.from({ length: levels }, () => [])
  const claim = (level: number, from: number, to: number): boolean => {
    const spans = taken[level] ?? []
    if (spans.some(([a, b]) => to >= a && from <= b)) return false
    spans.push([from, to])
    taken[level] = spans
    return true
  }
  return wishes.map(({ x, text }) => {
    const width = widthOf(text)
    for (let level = 0; level < levels; level++) {
      if (x + gap + width <= right && claim(level, x - gap, x + gap + width)) {
        return { level, label: { x: x + gap, align: 'left' } }
      }
      if (x - gap - width >= left && claim(level, x - gap - width, x + gap)) {
        return { level, label: { x: x - gap, align: 'right' } }
      }
    }
    let level = 0
    while (level < levels && !claim(level, x - gap, x + gap)) level += 1
    return { level }
  })
}
