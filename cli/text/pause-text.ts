import type { Pause } from '../facts/pause-note.ts'
import { inlineAll } from '../terminal.ts'

/** `until …, by …: why`. */
export const sayPause = (pause: Pick<Pause, 'until' | 'by' | 'reason'>): string => {
  const { until, by, reason } = inlineAll(pause)
  return `until ${until}${by === undefined ? '' : ` by ${by}`}: ${reason}`
}
