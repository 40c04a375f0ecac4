import { type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { ConsumerModel } from './consumer-model.ts'

/** An endpoint's security group: the consumer's clients may come in on these ports, and nothing goes out. */
export const letClientsIn = (
  scope: Construct,
  id: string,
  { consumer, vpc, ports }: { consumer: ConsumerModel; vpc: IVpc; ports: readonly number[] },
): SecurityGroup => {
  const group = new SecurityGroup(scope, id, {
    vpc,
    description: `Clients of ${consumer.hostname}`,
    allowAllOutbound: false,
  })
  letInto(group, consumer, ports)
  return group
}

/** The same into a group that others use too: the rules are the consumer's stack's, told apart by its ports. */
export const letClientsIntoShared = (
  scope: Construct,
  id: string,
  { consumer, securityGroupId, ports }: { consumer: ConsumerModel; securityGroupId: string; ports: readonly number[] },
): ISecurityGroup => {
  const group = SecurityGroup.fromSecurityGroupId(scope, id, securityGroupId, { allowAllOutbound: false })
  letInto(group, consumer, ports)
  return group
}

const letInto = (group: ISecurityGroup, consumer: ConsumerModel, ports: readonly number[]): void => {
  for (const port of ports.map(it => Port.tcp(it))) {
    for (const network of consumer.clientCidrs) group.addIngressRule(Peer.ipv4(network), port, 'Clients')
    for (const client of consumer.clientSecurityGroupIds) {
      group.addIngressRule(Peer.securityGroupId(client), port, 'Clients')
    }
  }
}
