import type { Refusal } from './failure.ts'

/** What RDS refuses, and how. */

const api = 'https://docs.aws.amazon.com/AmazonRDS/latest/APIReference'
const ours = 'the text; nobody acts on it'

export const rdsErrors = {
  /** Without `Fault`, as only this one of RDS's not-found codes is. */
  instanceNotFound: {
    code: 'DBInstanceNotFound',
    status: 404,
    text: (id: string) => `DBInstance ${id} not found.`,
    source: 'https://github.com/ministackorg/ministack/issues/531',
  },
  clusterNotFound: {
    code: 'DBClusterNotFoundFault',
    status: 404,
    text: (id: string) => `DBCluster ${id} not found.`,
    source: 'https://github.com/floci-io/floci/pull/1740',
  },
  parameterGroupNotFound: {
    code: 'DBParameterGroupNotFound',
    status: 404,
    text: (name: string) => `DBParameterGroup not found: ${name}`,
    source: `${api}/API_DescribeDBParameters.html`,
    assumption: 'the text, as terraform shows it in public logs',
  },
  /** "Constraints: Minimum 20, maximum 100." */
  badMaxRecords: {
    code: 'InvalidParameterValue',
    text: (given: string) => `Invalid value ${given} for MaxRecords. Must be between 20 and 100`,
    source: `${api}/API_DescribeDBInstances.html`,
    assumption: 'the text, as steampipe’s source quotes it',
  },
  badMarker: {
    code: 'InvalidParameterValue',
    text: (given: string) => `Invalid value ${given} for Marker`,
    source: `${api}/CommonErrors.html`,
    assumption: ours,
  },
  /** "If SourceIdentifier is supplied, SourceType must also be provided." */
  sourceWithoutType: {
    code: 'InvalidParameterCombination',
    text: () => 'If SourceIdentifier is supplied, SourceType must also be provided.',
    source: `${api}/API_DescribeEvents.html`,
    assumption: 'that the constraint is answered with this code, in its own words',
  },
  /** "You can retrieve events ... for the past 14 days." */
  tooLongAgo: {
    code: 'InvalidParameterValue',
    text: () => 'The StartTime must be within the last 14 days.',
    source: `${api}/API_DescribeEvents.html`,
    assumption: 'that an older start is refused, with this code and text',
  },
  instanceNotAvailable: {
    code: 'InvalidDBInstanceState',
    text: (id: string) => `Instance ${id} is not in available state.`,
    source: `${api}/API_RebootDBInstance.html`,
    assumption: ours,
  },
  /** "You can't specify the ForceFailover parameter if the instance isn't configured for Multi-AZ." */
  noFailover: {
    code: 'InvalidParameterCombination',
    text: () => 'Cannot specify ForceFailover for a DB instance that is not Multi-AZ.',
    source: `${api}/API_RebootDBInstance.html`,
    assumption: 'that the constraint is answered with this code and text',
  },
  clusterNotAvailable: {
    code: 'InvalidDBClusterStateFault',
    text: (id: string) => `Cluster ${id} is not in available state.`,
    source: `${api}/API_FailoverDBCluster.html`,
    assumption: ours,
  },
  notReader: {
    code: 'InvalidDBInstanceState',
    text: (to: string, id: string) => `${to} is not a reader of the cluster ${id}.`,
    source: `${api}/API_FailoverDBCluster.html`,
    assumption: 'that another target is refused with this code and text',
  },
  noOrders: {
    code: 'InvalidAction',
    text: () => 'The databases of this lab take no orders',
    assumption: 'the laboratory’s own: its databases may be only looked at',
  },
} as const satisfies Record<string, Refusal<string[]>>
