import type { Pause } from '../facts/pause-note.ts'

/** `until …, by …: why`. */
export const sayPause = ({ until, by, reason }: Pick<Pause, 'until' | 'by' | 'reason'>): string =>
  `until ${until}${by === undefined ? '' : ` by ${by}`}: ${reason}`
