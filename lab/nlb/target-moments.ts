import type { TargetHealth, Timeline } from '../model.ts'
import { keyOf } from './registration.ts'
import type { Route } from './routing.ts'

/** Records in the timeline what became different, and nothing twice. */
export class TargetMoments {
  readonly #timeline: Timeline
  readonly #states = new Map<string, string>()
  #route = ''

  readonly #about: { readonly group?: string }

  /** `group` is its name where it is one of several. */
  constructor(timeline: Timeline, group?: string) {
    this.#timeline = timeline
    this.#about = group === undefined ? {} : { group }
  }

  recordTarget(target: TargetHealth): void {
    const { state, reason } = target
    const key = keyOf(target)
    const seen = reason === undefined ? state : `${state} (${reason})`
    const before = this.#states.get(key)
    if (before === seen) return
    this.#states.set(key, seen)
    const fields = {
      ...this.#about,
      target: key,
      from: before ?? 'not registered',
      state,
      ...(reason === undefined ? {} : { reason }),
    }
    this.#timeline.record('targets', 'A target changed its state', fields)
  }

  recordRoute({ to, failsOpen }: Route): void {
    const fields = { ...this.#about, targets: to.map(({ key }) => key).join(', '), failsOpen }
    const route = JSON.stringify(fields)
    if (route === this.#route) return
    this.#route = route
    if (to.length === 0) this.#timeline.record('targets', 'new connections get nowhere', { ...this.#about })
    else this.#timeline.record('targets', 'New connections go to', fields)
  }
}
