import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { rdsErrors } from './errors/rds-errors.ts'
import { type Actions, type Parameters, text } from './query-protocol.ts'
import type { DatabaseResources, ParameterGroup } from './resources.ts'

/** Parameter groups. */
export const rdsSettingsActions = (account: Account): Actions => ({
  DescribeDBParameters: parameters => ({
    result: { Parameters: { Parameter: shown(find(account, parameters, 'DBParameterGroupName')) } },
  }),
  DescribeDBClusterParameters: parameters => ({
    result: { Parameters: { Parameter: shown(find(account, parameters, 'DBClusterParameterGroupName')) } },
  }),
})

const find = (account: Account, parameters: Parameters, key: string): ParameterGroup => {
  const name = text(parameters[key])
  const of = key === 'DBParameterGroupName' ? 'instance' : 'cluster'
  const group = account.resources?.parameterGroups.find(it => it.name === name && it.of === of)
  if (!group) throw new ApiFailure(rdsErrors.parameterGroupNotFound, name ?? '')
  return group
}

const shown = ({ parameters }: ParameterGroup) =>
  parameters.map(({ name, value, applyType, isModifiable }) => ({
    ParameterName: name,
    ...(value === undefined ? {} : { ParameterValue: value }),
    Source: value === undefined ? 'engine-default' : 'user',
    ApplyType: applyType,
    IsModifiable: isModifiable,
    ApplyMethod: applyType === 'static' ? 'pending-reboot' : 'immediate',
  }))

/** What DescribeDBInstances shows of an instance's resources. */
export const instanceResources = (account: Account, arn: string) => {
  const around = account.resources
  const own = around?.databases[arn]
  if (!around || !own) return {}
  const subnets = around.subnets.filter(({ id }) => own.subnetIds.includes(id))
  const group = around.parameterGroups.find(it => it.of === 'instance' && it.name === own.parameterGroup)
  return {
    ...(own.engine ? { Engine: own.engine } : {}),
    ...(own.instanceClass ? { DBInstanceClass: own.instanceClass } : {}),
    PubliclyAccessible: own.isPubliclyAccessible,
    DBSubnetGroup: {
      DBSubnetGroupName: 'orders',
      VpcId: subnets[0]?.vpcId,
      SubnetGroupStatus: 'Complete',
      Subnets: {
        Subnet: subnets.map(subnet => ({
          SubnetIdentifier: subnet.id,
          SubnetAvailabilityZone: { Name: subnet.zone },
          SubnetStatus: 'Active',
        })),
      },
    },
    VpcSecurityGroups: securityGroups(own.securityGroupIds),
    ...(group
      ? {
          DBParameterGroups: {
            DBParameterGroup: [{ DBParameterGroupName: group.name, ParameterApplyStatus: group.status }],
          },
        }
      : {}),
  }
}

/** What DescribeDBClusters shows of a cluster's. */
export const clusterResources = (account: Account, arn: string) => {
  const own = account.resources?.databases[arn]
  if (!own) return {}
  return {
    ...(own.engine ? { Engine: own.engine } : {}),
    DBSubnetGroup: 'orders',
    ...(own.serverless ? { ServerlessV2ScalingConfiguration: scaling(own.serverless) } : {}),
    VpcSecurityGroups: securityGroups(own.securityGroupIds),
    ...(own.clusterParameterGroup ? { DBClusterParameterGroup: own.clusterParameterGroup } : {}),
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfigurationInfo.html */
const scaling = ({ minCapacity, maxCapacity, pausesAfterSeconds }: NonNullable<DatabaseResources['serverless']>) => ({
  MinCapacity: minCapacity,
  MaxCapacity: maxCapacity,
  ...(pausesAfterSeconds === undefined ? {} : { SecondsUntilAutoPause: pausesAfterSeconds }),
})

const securityGroups = (ids: readonly string[]) => ({
  VpcSecurityGroupMembership: ids.map(VpcSecurityGroupId => ({ VpcSecurityGroupId, Status: 'active' })),
})
