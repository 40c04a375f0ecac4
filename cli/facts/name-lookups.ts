import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { PathName } from './path-facts.ts'

/** What so many lookups of the endpoint's own name gave, in the consumer's DNS. */
export interface Lookups {
  readonly name: string
  readonly asked: number
  /** Lookups that led to the addresses of each path. */
  readonly led: Readonly<Record<PathName, number>>
  /** Answers that lead to neither, each once. */
  readonly elsewhere: readonly string[]
  readonly unanswered: number
  readonly answers: readonly Answer[]
  /** Asked through tunnels and of no resolver of the consumer's: what clients get is not known. */
  readonly isFromElsewhere?: boolean
  /** Asked again after what resolvers may have kept had run out. */
  readonly isPastTtl?: boolean
}

/** Asks for a name so many times, and counts by the path that the answer leads. */
export const countLookups = async (
  dns: Dns,
  name: string,
  { times, addresses }: { times: number; addresses: Readonly<Record<PathName, readonly string[]>> },
): Promise<Lookups> => {
  const answers: Answer[] = []
  for (let asked = 0; asked < times; asked++) answers.push(await dns.resolve(name))
  return tally(name, answers, addresses)
}

export const tally = (
  name: string,
  answers: readonly Answer[],
  addresses: Readonly<Record<PathName, readonly string[]>>,
): Lookups => {
  const led = { nlb: 0, gateway: 0 }
  const elsewhere = new Set<string>()
  let unanswered = 0
  for (const answer of answers) {
    if (answer.kind === 'none' || answer.addresses.length === 0) {
      unanswered++
      continue
    }
    const path = (['nlb', 'gateway'] as const).find(it => answer.addresses.every(ip => addresses[it].includes(ip)))
    if (path === undefined) elsewhere.add(answer.addresses.join(', '))
    else led[path]++
  }
  return { name, asked: answers.length, led, elsewhere: [...elsewhere], unanswered, answers }
}

/** How long a resolver may go on giving these answers, in milliseconds. */
export const longestTtlMs = ({ answers }: Lookups): number =>
  1_000 * Math.max(0, ...answers.map(it => (it.kind === 'addresses' ? it.ttlSeconds : 0)))
