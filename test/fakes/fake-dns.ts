import type { Answer } from '../../functions/reconciler/core/model.ts'
import type { Clock, Dns } from '../../functions/reconciler/ports.ts'

export const answers = (...addresses: string[]): Answer => ({
  kind: 'addresses',
  addresses,
  ttlSeconds: 5,
  chain: ['orders.abc123.eu-west-1.rds.amazonaws.com'],
})

/** A cluster endpoint's answer: an alias of the writer instance's endpoint. */
export const aliasTo = (instanceId: string, ...addresses: string[]): Answer => ({
  kind: 'addresses',
  addresses,
  ttlSeconds: 5,
  chain: ['orders.cluster-abc123.eu-west-1.rds.amazonaws.com', `${instanceId}.abc123.eu-west-1.rds.amazonaws.com`],
})

export const nothing = (why = 'ESERVFAIL'): Answer => ({ kind: 'none', why })

/** What DNS answers from a time on, in milliseconds since `startMs`; the last entry that has come applies. */
export type DnsScript = readonly (readonly [fromMs: number, answer: Answer])[]

export const createFakeDns = (
  clock: Pick<Clock, 'now'>,
  script: DnsScript,
  others: Record<string, Answer> = {},
): Dns => {
  const startMs = clock.now()
  return {
    resolve: async name =>
      others[name] ?? script.findLast(([fromMs]) => fromMs <= clock.now() - startMs)?.[1] ?? nothing('ENOTFOUND'),
  }
}
