import { setTimeout as delay } from 'node:timers/promises'
import { networks } from '../../functions/reconciler/config/values.ts'
import type { Answer, Sighting, WriterView } from '../../functions/reconciler/core/model.ts'
import { instanceInChain, settle } from '../../functions/reconciler/core/settle.ts'
import type { Clusters, Dns } from '../../functions/reconciler/ports.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import { RetiredError } from './deployed.ts'

/** Where the writer is now, by two answers at least that agree. */
export type WriterNow =
  | { readonly kind: 'settled'; readonly addresses: readonly string[]; readonly by: string }
  | { readonly kind: 'unsettled'; readonly why: string }

export interface WriterQuestion {
  readonly database: DatabaseSettings
  /** Of the database's side: not the consumer's, whose hosted zone answers with the paths. */
  readonly dns: Dns
  readonly clusters: Clusters
  /** Of both paths, in the consumer's VPC. */
  readonly pathAddresses: readonly string[]
  /** What the deployed function sees, which looks from the database's own VPC. */
  readonly askFunction: () => Promise<WriterView>
  readonly now: () => number
  readonly signal: AbortSignal
}

const privateNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16']
/** More than the 5 s TTL of RDS's zones. */
const rules = { answers: 3, spanMs: 6_000, flapMs: 35_000 }
const pauseMs = 1_000
const longestMs = 20_000

/**
 * By DNS over more than its TTL, for a cluster by DNS and the RDS API; and where the consumer's hosted zone answers for the
 * endpoint here, by the function. @throws what the RDS API says.
 */
export const readWriter = async (question: WriterQuestion): Promise<WriterNow> => {
  const first = await question.dns.resolve(question.database.endpoint)
  if (isShadowed(first, question.pathAddresses)) return byFunction(question, whyShadowed(first, question.database))
  return byLooking(question)
}

/** The endpoint's name leads into one of the paths: the hosted zone answers, and not RDS. */
export const isShadowed = (answer: Answer, pathAddresses: readonly string[]): boolean =>
  answer.kind === 'none' || answer.addresses.every(ip => pathAddresses.includes(ip))

const whyShadowed = (answer: Answer, { endpoint }: DatabaseSettings): string =>
  answer.kind === 'none'
    ? `${endpoint} does not resolve for the database's side (${answer.why})`
    : `${endpoint} is answered by the hosted zone here`

const byFunction = async ({ askFunction }: WriterQuestion, why: string): Promise<WriterNow> => {
  const writer = await askFunction().catch((error: unknown) => {
    if (error instanceof RetiredError) return undefined
    throw error
  })
  if (writer === undefined) {
    return {
      kind: 'unsettled',
      why: `${why}, and there is no function to ask: name a resolver outside the hosted zone with --provider-dns`,
    }
  }
  if (writer.kind === 'settled')
    return { kind: 'settled', addresses: writer.addresses, by: "the function's looks agree" }
  if (writer.kind === 'credible') {
    return { kind: 'unsettled', why: `${why}, and the function has not settled on ${writer.addresses.join(', ')}` }
  }
  return { kind: 'unsettled', why: `${why}, and the function does not know the writer (${writer.kind})` }
}

const byLooking = async ({ database, dns, clusters, now, signal }: WriterQuestion): Promise<WriterNow> => {
  const isAllowed = networks(database.allowedCidrs ?? privateNetworks)
  const sightings: Sighting[] = []
  const beganMs = now()
  for (;;) {
    const atMs = now()
    const answer = await dns.resolve(database.endpoint)
    sightings.push({ atMs, answer, ...(await voteOf(database, { dns, clusters, answer, atMs: now() })) })
    const writer = settle(sightings, { kind: database.kind, ...rules, isAllowed })
    if (writer.kind === 'settled') {
      const by =
        writer.because === 'dns-and-rds-agree' ? 'DNS and the RDS API agree' : 'DNS gives one answer over its TTL'
      return { kind: 'settled', addresses: writer.addresses, by }
    }
    if (writer.kind === 'not-allowed') {
      return {
        kind: 'unsettled',
        why: `${database.endpoint} means ${writer.outside.join(', ')} here, which is not private`,
      }
    }
    if (now() - beganMs > longestMs) return { kind: 'unsettled', why: whyUnsettled(writer) }
    await delay(pauseMs, undefined, { signal })
  }
}

const voteOf = async (
  { kind, id }: DatabaseSettings,
  { dns, clusters, answer, atMs }: { dns: Dns; clusters: Clusters; answer: Answer; atMs: number },
): Promise<Pick<Sighting, 'vote'>> => {
  if (kind !== 'cluster') return {}
  const vote = await clusters.vote(id)
  const endpoint =
    vote.writerId === undefined || instanceInChain(answer) !== undefined
      ? undefined
      : await clusters.endpointOf(vote.writerId)
  const located = endpoint === undefined ? undefined : await dns.resolve(endpoint)
  return { vote: { ...vote, atMs, ...(located?.kind === 'addresses' ? { writerAddresses: located.addresses } : {}) } }
}

const whyUnsettled = (writer: WriterView): string => {
  if (writer.kind === 'unknown') return `where the writer is is not known (${writer.detail})`
  return writer.kind === 'credible' ? `answers about the writer do not agree yet (${writer.missing})` : writer.kind
}
