import { BlockList, isIPv4 } from 'node:net'
import type { AccountResources, SecurityGroup, SecurityRule } from '../api/resources.ts'

/** One end of a connection: its address and the groups of its network interface. */
export interface End {
  readonly ip: string
  readonly groupIds: readonly string[]
}

export interface Crossing {
  readonly from: End
  readonly to: End
  readonly port: number
}

/**
 * Which side's security groups drop the connection; `undefined` where both let it through. A side without groups that
 * the resources know drops nothing.
 */
export const whoDrops = (
  { securityGroups }: Pick<AccountResources, 'securityGroups'>,
  { from, to, port }: Crossing,
): 'egress' | 'ingress' | undefined => {
  const known = ({ groupIds }: End) => securityGroups.filter(({ id }) => groupIds.includes(id))
  if (!lets(known(from), 'outgoing', to, port)) return 'egress'
  return lets(known(to), 'incoming', from, port) ? undefined : 'ingress'
}

const lets = (
  groups: readonly SecurityGroup[],
  direction: 'incoming' | 'outgoing',
  other: End,
  port: number,
): boolean =>
  groups.length === 0 || groups.some(group => group[direction].some(rule => isOnPort(rule, port) && names(rule, other)))

const isOnPort = ({ protocol, fromPort = 0, toPort = 65_535 }: SecurityRule, port: number): boolean =>
  protocol === '-1' || (['tcp', '6'].includes(protocol) && fromPort <= port && port <= toPort)

const names = ({ cidrs = [], groupIds = [] }: SecurityRule, { ip, groupIds: itsGroups }: End): boolean =>
  cidrs.some(cidr => isInside(ip, cidr)) || groupIds.some(id => itsGroups.includes(id))

const isInside = (ip: string, cidr: string): boolean => {
  const [network = '', bits] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(bits ?? 32), 'ipv4')
  return isIPv4(ip) && list.check(ip, 'ipv4')
}
