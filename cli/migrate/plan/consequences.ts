import type { Origin, Stage } from '../../../infra/app/settings/stages.ts'
import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { MigrationFacts } from '../../facts/migration-facts.ts'
import { isBackward } from './next.ts'

/** How long a stage takes to reach, and to go through. Nothing here was measured in AWS; the laboratory rehearses it. */
export const durationsTo = (from: Origin, to: Stage): readonly string[] => {
  if (isBackward(from, to)) {
    return to === 'nlb'
      ? ['A deployment of each side.']
      : [
          "The weights: at once. Clients follow at their next lookup; the alias's TTL is the endpoint's own and UNCONFIRMED (dig shows it in the VPC).",
          'Connections that are open stay on the gateway until pools recycle them.',
        ]
  }
  const texts: Readonly<Record<Stage, readonly string[]>> = {
    nlb: ['A deployment of each side.'],
    shadow: [
      'A deployment of each side, minutes each. Nothing to wait for: no traffic moves.',
      'Then a drill on both paths (`repoint migrate verify --drill`), about as long as a failover.',
    ],
    shift: [
      "The weights: at once. New lookups follow within the record's TTL, which is the endpoint's own and UNCONFIRMED (dig shows it in the VPC).",
      'Pooled connections move when the pool recycles them: count with its maximum lifetime.',
      'Leave each share for a day of ordinary work at least; weights decide lookups, not connections, so that shares come in lumps.',
    ],
    gateway: [
      'The weights: at once; the last connections when pools have recycled them.',
      "Then soak: one failover or drill on the path through the gateway and one full cycle of your work (a week, a month's end).",
    ],
    retired: [
      'A deployment of the consumer, then of the provider, minutes each.',
      "The guard wants an hour without new flows through the load balancer before the provider's.",
    ],
  }
  return texts[to]
}

export const notUndone = (database: DatabaseSettings, from: Origin, to: Stage): readonly string[] => {
  if (to === 'retired') {
    return [
      "The endpoint service's name goes for good: a new one has another name, and every consumer would have to connect anew.",
      'There is no stage after it but itself; what remains is a new deployment (from new).',
    ]
  }
  if (to === 'shadow' && !isBackward(from, to)) {
    return [
      "Fixed once they are there, another value is another resource: the gateway's subnets and addresses per interface, the configuration's target, the resource endpoint's subnets and private DNS.",
      ...(database.gateway.databaseSecurityGroupId === false
        ? []
        : ['Everything of it can be taken away again (stage nlb): nothing uses it yet.']),
    ]
  }
  if (to === 'nlb') return ['The gateway and the resource endpoint go; their names with them. Shadow makes new ones.']
  return ['Nothing.']
}

export const undoOf = (to: Stage): string => {
  const texts: Readonly<Record<Stage, string>> = {
    nlb: 'It is the beginning.',
    shadow: "Stage nlb on the consumer, then on the provider: takes the gateway's path away.",
    shift: '`repoint migrate rollback --apply`: one change of both weights, all new connections to the load balancer.',
    gateway:
      '`repoint migrate rollback --apply`: the load balancer is still kept right by the function, so that going back is real.',
    retired:
      "None. It is why retire asks for a drill on the path through the gateway and for quiet on the load balancer's.",
  }
  return texts[to]
}

export interface Objection {
  /** `blocks`: this pair cannot migrate. `ask`: only you know. */
  readonly kind: 'blocks' | 'ask'
  readonly text: string
}

const asks: readonly string[] = [
  'A consumer in another Region stays with the load balancer: a resource endpoint reaches its own only.',
  "A vendor that only takes an endpoint service's name (com.amazonaws.vpce…) stays, too; ask whether it takes a resource configuration.",
  "A gateway carries TCP alone: what else reaches the database's host over UDP, does not come through it.",
]

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
    ...asks.map(text => ({ kind: 'ask', text }) as const),
  ]
}
