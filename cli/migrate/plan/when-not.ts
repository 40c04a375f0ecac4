import type { MigrationFacts } from '../../facts/migration-facts.ts'

export interface Objection {
  /** `blocks`: this pair cannot migrate. `ask`: only you know. */
  readonly kind: 'blocks' | 'ask'
  readonly text: string
}

/** When to stay with the load balancer. */
export const whenNot = ({ consumer, database, provider }: MigrationFacts): readonly Objection[] => {
  const blocks = (text: string): Objection => ({ kind: 'blocks', text })
  const regions = [database.env.region, consumer?.env.region]
  return [
    ...(consumer?.serviceRegion === undefined
      ? []
      : [
          blocks(
            `The consumer is in another Region than the service (${consumer.serviceRegion}): a resource endpoint reaches its own Region only. It stays with the load balancer.`,
          ),
        ]),
    ...(consumer?.serviceRegion === undefined && regions[0] && regions[1] && regions[0] !== regions[1]
      ? [
          blocks(
            `Consumer (${regions[1]}) and database (${regions[0]}) are in different Regions: it stays with the load balancer.`,
          ),
        ]
      : []),
    ...(provider.database.kind === 'known' &&
    provider.database.value.isPubliclyAccessible &&
    database.gateway.target === 'arn'
      ? [
          blocks(
            'The database is publicly accessible: no resource configuration can name its ARN. Make it private first.',
          ),
        ]
      : []),
    {
      kind: 'ask',
      text: 'A consumer in another Region stays with the load balancer: a resource endpoint reaches its own only.',
    },
    {
      kind: 'ask',
      text: "A vendor that only takes an endpoint service's name (com.amazonaws.vpce…) stays, too; ask whether it takes a resource configuration.",
    },
    {
      kind: 'ask',
      text: "A gateway carries TCP alone: what else reaches the database's host over UDP, does not come through it.",
    },
  ]
}
