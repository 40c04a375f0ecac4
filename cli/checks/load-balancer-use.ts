import { sharedName } from '../../infra/app/settings/complete.ts'
import { consumerStackName } from '../../infra/app/settings/resource-names.ts'
import type { Flows } from '../facts/load-balancer-use.ts'
import type { Connection, RetireFacts, RetiringConsumer } from '../facts/retirement.ts'
import { showSpan } from '../text/durations.ts'
import { type Check, type Judgement, notice, ok, problem } from './finding.ts'
import { judgeRequired } from './required.ts'

/** What still uses the load balancer, whoever it is. */

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpointConnection.html: the states of one that is over. */
const over = ['deleted', 'rejected', 'failed', 'expired']

/** Asked for, open, or being taken away. */
const isInUse = ({ state }: Connection): boolean => !over.includes(state.toLowerCase())

const showConnection = ({ endpointId, owner, state }: Connection): string =>
  `${endpointId} (${state}, of account ${owner})`

/** Consumers whose settings are about to change may be connected; others stand in the way of the next step only. */
export const knownConnections: Check<RetireFacts> = {
  name: 'connections',
  question: 'Is it known who is connected to the endpoint service?',
  judge: ({ connections, chosen, database }) => {
    if (sharedName(database.frontDoor) !== undefined) return [ofEverybody(database)]
    if (connections.kind !== 'known') return [judgeRequired(connections, withoutIt, () => ok(''))]
    const ours = chosen.flatMap(({ side }) => (side.nlb.kind === 'known' ? [side.nlb.value.endpointId] : []))
    const left = connections.value.filter(isInUse)
    const others = left.filter(({ endpointId }) => !ours.includes(endpointId))
    return [
      ok(`Connected to the endpoint service: ${left.map(showConnection).join(', ') || 'nobody'}.`),
      ...(others.length === 0
        ? []
        : [
            notice(
              `The endpoint service has connections of others: ${others.map(showConnection).join(', ')}. They stand in the way of the second step, the provider's, until their owners have retired them.`,
            ),
          ]),
    ]
  },
}

const withoutIt =
  '`repoint migrate plan` shows where the provider stands: without its connections nobody knows who would lose the path.'

export const noConnections: Check<RetireFacts> = {
  name: 'connections',
  question: 'Is nobody connected to the endpoint service any more?',
  judge: ({ connections, chosen, provider, database }) =>
    sharedName(database.frontDoor) !== undefined
      ? [ofEverybody(database)]
      : [judgeRequired(connections, withoutIt, all => judgeLeft(all.filter(isInUse), { chosen, provider }))],
}

const judgeLeft = (
  left: readonly Connection[],
  { chosen, provider: { endpointService } }: Pick<RetireFacts, 'chosen' | 'provider'>,
): Judgement => {
  if (left.length === 0) return ok('Nobody is connected to the endpoint service.')
  const isOf = ({ side }: RetiringConsumer, it: Connection) =>
    side.nlb.kind === 'known' && side.nlb.value.endpointId === it.endpointId
  const ours = left.flatMap(it => chosen.find(one => isOf(one, it))?.consumer ?? [])
  const deploy = ours.map(it => `npx cdk deploy ${consumerStackName(it)}`).join(' and ')
  const service = endpointService.kind === 'known' ? endpointService.value.id : 'the endpoint service'
  return problem(
    `The endpoint service has connections: ${left.map(showConnection).join(', ')}.`,
    ours.length > 0
      ? `Deploy what the settings hold already: ${deploy}. Others in the list retire first, or lose the path.`
      : `Their owners retire them first, in their own accounts. Reject one whose owner nobody knows: aws ec2 reject-vpc-endpoint-connections --service-id ${service} --vpc-endpoint-ids ….`,
  )
}

/** The endpoint service stays: only the database's listener goes. */
const ofEverybody = ({ frontDoor }: RetireFacts['database']): Judgement =>
  notice(
    `The endpoint service is that of the load balancer ${sharedName(frontDoor)}: its connections are for every database behind it, and say nothing of this one.`,
  )

const showFlows = ({ began, open }: Flows, quietForMs: number): string => {
  const fresh = began === undefined ? 'no report of new connections' : `${began} new`
  const kept = open === undefined ? 'no report of open ones' : `${open} open`
  return `${fresh} in the last ${showSpan(quietForMs)}, ${kept} now`
}

export const balancerFlows: Check<RetireFacts> = {
  name: 'load-balancer-flows',
  question: 'Does nobody come through the load balancer?',
  judge: ({ flows, quietForMs, database }) => {
    const readers = database.readers === undefined ? '' : ", the readers' port too"
    const counted = `(every listener${readers}; health checks are not counted)`
    return [
      judgeRequired(flows, '`repoint migrate plan` says where the provider stands.', value => {
        const { began, open } = value
        const found = `${showFlows(value, quietForMs)} ${counted}`
        if (began === 0 && open === 0) return ok(`Nobody comes through the load balancer: ${found}.`)
        // A load balancer always reports: silence is no zero.
        if (began === undefined || open === undefined) {
          const wait =
            'CloudWatch has no report of it yet, and a load balancer always reports: wait some minutes, or pass a longer --quiet-for.'
          return {
            ...problem(`Whether somebody comes through the load balancer is not known: ${found}.`, wait),
            severity: 'unknown',
          }
        }
        const text = `Somebody comes through the load balancer: ${found}.`
        return sharedName(database.frontDoor) === undefined
          ? problem(text, whoItIs(database))
          : judgeShared(text, database)
      }),
    ]
  },
}

/** AWS counts by load balancer and by endpoint, not by listener: whose those are, nobody sees from here. */
const judgeShared = (found: string, { id, gateway }: RetireFacts['database']): Judgement => {
  if (gateway.listenerUnused === true) {
    return notice(
      `${found} Other databases share it; gateway.listenerUnused says that nobody uses the listener of ${id}.`,
    )
  }
  return {
    ...problem(
      `${found} Other databases share it, and AWS counts no listener: whether somebody uses that of ${id} is not known.`,
      `Check it (docs/migrating.md, "A shared load balancer"), and say gateway.listenerUnused in the entry of ${id}.`,
    ),
    severity: 'unknown',
  }
}

const whoItIs = ({ readers, frontDoor }: RetireFacts['database']): string =>
  [
    "Find who it is: the interface endpoints' own counts, and VPC flow logs of the load balancer's interfaces. Kept connections of a pool end when it recycles them",
    readers === undefined ? '' : "; clients of the readers' port change name and port themselves",
    '. `migrate verify` and a drill come through the load balancer too: count from the last one.',
    // CloudWatch counts by load balancer, not by listener.
    frontDoor.kind === 'existing'
      ? " The load balancer is not this stack's own: whatever else it serves is counted with it and cannot be told apart."
      : '',
  ].join('')

/** Nothing is reported of an endpoint in a minute without traffic; one that is gone has none. */
export const judgeEndpointFlows = (
  { consumer: { name, endpoint }, side, flows }: RetiringConsumer,
  { quietForMs, database }: Pick<RetireFacts, 'quietForMs' | 'database'>,
): Judgement => {
  const id = side.nlb.kind === 'known' ? ` ${side.nlb.value.endpointId}` : ''
  if (flows.kind === 'none') return ok(`${name}: nobody comes through an interface endpoint. ${flows.why}`)
  const notRead = 'Run it again: until this can be read, clients may still come through the interface endpoint.'
  const remedy =
    "Clients that keep a connection, an answer of DNS or the endpoint's own name: pools move as they recycle, a name or address that somebody has written down has to be changed."
  return judgeRequired(flows, notRead, ({ began = 0, open = 0 }) => {
    const found = showFlows({ began, open }, quietForMs)
    if (began === 0 && open === 0) return ok(`${name}: nobody comes through its interface endpoint${id} (${found}).`)
    const text = `${name}: somebody comes through its interface endpoint${id} (${found}).`
    return endpoint === undefined ? problem(text, remedy) : judgeShared(text, database)
  })
}
