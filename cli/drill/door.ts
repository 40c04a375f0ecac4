import { groupsOf } from '../../functions/reconciler/config/front-doors.ts'
import type { Config } from '../../functions/reconciler/config.ts'
import type { Dns } from '../../functions/reconciler/ports.ts'
import type { Clients } from '../aws/clients.ts'
import type { Place } from '../facts/client/tunnels.ts'
import { CliError } from '../failure.ts'

/** A path that clients take. A drill probes one or several of them at once. */
export interface Door {
  readonly kind: 'nlb' | 'resource-gateway'
  readonly place: Place
  readonly name: string
  /** The user has named it: a password may go there even where TLS does not prove whose it is. */
  readonly isNamed: boolean
  /** Whom those who come this way ask for names, where that is not whom the database's side asks. */
  readonly dns?: Dns
}

/** Where clients connect: what the user says, or the load balancer in front of the writer's target group. */
export const findDoor = async (clients: Clients, config: Config, named: Place | undefined): Promise<Door> => {
  const door = config.frontDoors.find(({ role }) => role === 'writer') ?? config.frontDoors[0]
  const targetGroupArns = door === undefined ? [] : groupsOf(door)
  const [targetGroupArn = ''] = targetGroupArns
  const name = targetGroupArn.split('/')[1] ?? 'front door'
  if (named) return { kind: 'nlb', place: named, name, isNamed: true }
  const elbv2 = await clients.elbv2()
  const { TargetGroups = [] } = await elbv2.describeTargetGroups({ TargetGroupArns: [targetGroupArn] })
  const balancerArn = TargetGroups[0]?.LoadBalancerArns?.[0]
  if (balancerArn === undefined) {
    throw new CliError(
      `No load balancer sends to ${targetGroupArn}. Attach a listener, or name the place that clients connect to with --front-door HOST:PORT.`,
    )
  }
  const [{ LoadBalancers = [] }, { Listeners = [] }] = await Promise.all([
    elbv2.describeLoadBalancers({ LoadBalancerArns: [balancerArn] }),
    elbv2.describeListeners({ LoadBalancerArn: balancerArn }),
  ])
  const host = LoadBalancers[0]?.DNSName
  const listener = Listeners.find(({ DefaultActions = [] }) =>
    DefaultActions.some(
      action =>
        targetGroupArns.includes(action.TargetGroupArn ?? '') ||
        action.ForwardConfig?.TargetGroups?.some(group => targetGroupArns.includes(group.TargetGroupArn ?? '')),
    ),
  )
  const port = listener?.Port ?? door?.port
  if (host === undefined || port === undefined) {
    throw new CliError(`The load balancer ${balancerArn} has no name or no listener. Pass --front-door HOST:PORT.`)
  }
  return { kind: 'nlb', place: { host, port }, name: LoadBalancers[0]?.LoadBalancerName ?? name, isNamed: false }
}
