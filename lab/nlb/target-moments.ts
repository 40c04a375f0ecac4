import type { Story, TargetHealth } from '../model.ts'
import { keyOf } from './registration.ts'
import type { Route } from './routing.ts'

/** Tells the story what became different, and nothing twice. */
export class TargetStory {
  readonly #story: Story
  readonly #states = new Map<string, string>()
  #route = ''

  readonly #about: { readonly group?: string }

  /** `group` is its name where it is one of several. */
  constructor(story: Story, group?: string) {
    this.#story = story
    this.#about = group === undefined ? {} : { group }
  }

  tellTarget(target: TargetHealth): void {
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
    this.#story.record('targets', 'A target changed its state', fields)
  }

  tellRoute({ to, failsOpen }: Route): void {
    const fields = { ...this.#about, targets: to.map(({ key }) => key).join(', '), failsOpen }
    const route = JSON.stringify(fields)
    if (route === this.#route) return
    this.#route = route
    if (to.length === 0) this.#story.record('targets', 'new connections get nowhere', { ...this.#about })
    else this.#story.record('targets', 'New connections go to', fields)
  }
}
