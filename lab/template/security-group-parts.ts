import type { SecurityRule } from '../api/resources.ts'
import { madeUp } from './ids.ts'
import type { Resource, Stack } from './intrinsics.ts'
import type { Part } from './parts.ts'

/** Properties of an inline rule, and of a rule that is a resource of its own. */
interface WrittenRule {
  readonly IpProtocol: string
  readonly FromPort?: number
  readonly ToPort?: number
  readonly CidrIp?: string
  readonly GroupId?: string
  readonly SourceSecurityGroupId?: string
  readonly DestinationSecurityGroupId?: string
}

export const groupIdOf = (logicalId: string): string => madeUp('sg', logicalId)

/** The groups of a stack that are meant, and the rules of a resource's own that name one of them. */
export const readSecurityGroups = (stack: Stack, isMeant: (groupId: string) => boolean): Part[] => [
  ...stack
    .all('AWS::EC2::SecurityGroup')
    .filter(({ logicalId }) => isMeant(groupIdOf(logicalId)))
    .map(readGroup),
  ...(['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'] as const).flatMap(type =>
    stack.all(type).flatMap(({ logicalId, properties }): Part[] => {
      const rule = properties as unknown as WrittenRule
      const named = [rule.GroupId, rule.SourceSecurityGroupId, rule.DestinationSecurityGroupId]
      if (!named.some(id => id !== undefined && isMeant(id))) return []
      const direction = type.endsWith('Ingress') ? 'incoming' : 'outgoing'
      return [{ kind: 'rule', id: logicalId, groupId: rule.GroupId ?? '', direction, value: readRule(rule) }]
    }),
  ),
]

const readGroup = ({ logicalId, properties }: Resource): Part => {
  const { GroupDescription, VpcId, SecurityGroupIngress, SecurityGroupEgress } = properties as {
    GroupDescription: string
    VpcId: string
    SecurityGroupIngress?: readonly WrittenRule[]
    SecurityGroupEgress?: readonly WrittenRule[]
  }
  const id = groupIdOf(logicalId)
  return {
    kind: 'security-group',
    id,
    value: {
      id,
      name: GroupDescription,
      vpcId: VpcId,
      incoming: (SecurityGroupIngress ?? []).map(readRule),
      // A group that says nothing lets everything out.
      outgoing: SecurityGroupEgress?.map(readRule) ?? [{ protocol: '-1', cidrs: ['0.0.0.0/0'] }],
    },
  }
}

const readRule = (rule: WrittenRule): SecurityRule => {
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId
  return {
    protocol: String(rule.IpProtocol),
    ...(rule.FromPort === undefined ? {} : { fromPort: rule.FromPort }),
    ...(rule.ToPort === undefined ? {} : { toPort: rule.ToPort }),
    ...(rule.CidrIp === undefined ? {} : { cidrs: [rule.CidrIp] }),
    ...(group === undefined ? {} : { groupIds: [group] }),
  }
}
