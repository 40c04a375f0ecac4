import { networks } from '../../functions/reconciler/config/values.ts'
import type { Permission, SecurityGroup } from '../facts/security-groups.ts'

/** Of the groups' rules in one direction, those for a TCP port. Rules only allow, so one of them is enough. */
export const forPort = (
  groups: readonly SecurityGroup[],
  direction: 'incoming' | 'outgoing',
  port: number,
): readonly Permission[] =>
  groups
    .flatMap(group => group[direction])
    .filter(
      rule =>
        rule.protocol === '-1' ||
        (isTcp(rule.protocol) && (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65_535)),
    )

const isTcp = (protocol: string): boolean => protocol === 'tcp' || protocol === '6'

/** Which of the addresses or networks no rule names. */
export const notCovered = (rules: readonly Permission[], wanted: readonly string[]): string[] => {
  const cidrs = rules.flatMap(rule => rule.cidrs)
  return wanted.filter(one => !cidrs.some(cidr => contains(cidr, one)))
}

export const namesGroup = (rules: readonly Permission[], groupIds: readonly string[]): boolean =>
  rules.some(rule => rule.groupIds.some(id => groupIds.includes(id)))

/** The contents of prefix lists are not read. */
export const prefixLists = (rules: readonly Permission[]): string[] => unique(rules.flatMap(rule => rule.prefixListIds))

const contains = (cidr: string, wanted: string): boolean => {
  const [ip = '', bits = '32'] = wanted.split('/')
  return Number(cidr.split('/')[1]) <= Number(bits) && networks([cidr])(ip)
}

export const showSources = (rules: readonly Permission[]): string =>
  unique(rules.flatMap(rule => [...rule.cidrs, ...rule.groupIds, ...rule.prefixListIds])).join(', ') || 'no source'

const unique = (names: readonly string[]): string[] => [...new Set(names)]
