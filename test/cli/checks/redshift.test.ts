import { expect, it } from 'vitest'
import { findingsOf, type Judgement, judgeAll, ok, problem, unknown } from '../../../cli/checks/finding.ts'
import { redshiftEndpoints } from '../../../cli/checks/redshift.ts'
import { sources } from '../../../cli/checks/sources.ts'
import { type Gathered, known, none, notKnown } from '../../../cli/facts/gathered.ts'
import type { RedshiftClusterFacts } from '../../../cli/facts/redshift-cluster.ts'
import { settingsOf, someFacts } from '../doctor-facts.ts'

const settings = {
  ...settingsOf(),
  redshift: { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] },
}
const aCluster = { nodeType: 'ra3.xlplus', relocation: 'enabled', multiAz: 'Disabled', port: 5439 }
const cluster = (changes: Partial<RedshiftClusterFacts> = {}) => known({ ...aCluster, ...changes })

const dense = (nodeType: string) =>
  problem(
    `warehouse has ${nodeType} nodes, not RA3: nobody can make the managed endpoints that are granted.`,
    'Resize the cluster to RA3 nodes; until then the load balancer and the resource gateway are the paths.',
    sources.redshiftEndpoints,
  )
const otherNodes = (nodeType: string) =>
  unknown(
    `The nodes of warehouse are ${nodeType}. AWS asks for RA3 behind a managed endpoint; whether these will do is UNCONFIRMED.`,
    "Redshift's answer to this shows it: aws redshift create-endpoint-access --cluster-identifier warehouse --endpoint-name NAME --subnet-group-name GROUP",
  )
const neither = problem(
  'warehouse has neither relocation nor Multi-AZ turned on: nobody can make the managed endpoints that are granted.',
  'Turn one of them on. Relocation reboots the cluster: aws redshift modify-cluster --cluster-identifier warehouse --availability-zone-relocation',
  sources.redshiftRelocation,
)
const between = (relocation: string, multiAz: string) =>
  unknown(
    `Relocation of warehouse is ${relocation}, and Multi-AZ ${multiAz}: one of them has to be enabled before anybody makes a managed endpoint.`,
    'When a change is on its way, look again: aws redshift describe-clusters --cluster-identifier warehouse --query "Clusters[].[AvailabilityZoneRelocationStatus,MultiAZ]"',
  )
const otherPort = (port: number) =>
  problem(
    `warehouse is on port ${port}; a managed endpoint needs one of 5431 to 5455 or 8191 to 8215.`,
    'Clients and repoint.json name the port, and change with it: aws redshift modify-cluster --cluster-identifier warehouse --port 5439',
    sources.redshiftEndpoints,
  )
const fine = (zones: string, port = 5439) => ok(`warehouse is of ra3.xlplus, with ${zones}, on port ${port}.`)
const relocates = 'relocation enabled and Multi-AZ Disabled'

it.each<[string, Gathered<RedshiftClusterFacts>, Judgement[]]>([
  ['it has what AWS asks for', cluster(), [fine(relocates)]],
  [
    'it has Multi-AZ',
    cluster({ relocation: 'disabled', multiAz: 'Enabled' }),
    [fine('relocation disabled and Multi-AZ Enabled')],
  ],
  [
    'one is enabled, and Redshift does not show the other',
    cluster({ relocation: undefined, multiAz: 'enabled' }),
    [fine('relocation not shown and Multi-AZ enabled')],
  ],
  ['it has dense compute nodes', cluster({ nodeType: 'dc2.large' }), [dense('dc2.large')]],
  ['it has dense storage nodes', cluster({ nodeType: 'ds2.8xlarge' }), [dense('ds2.8xlarge')]],
  ['it has nodes of a later kind', cluster({ nodeType: 'rg.xlarge' }), [otherNodes('rg.xlarge')]],
  ['it has nodes that only contain the name', cluster({ nodeType: 'x-ra3.large' }), [otherNodes('x-ra3.large')]],
  [
    'it has nodes that only contain the name of dense ones',
    cluster({ nodeType: 'x-dc2.large' }),
    [otherNodes('x-dc2.large')],
  ],
  ['it has nodes that only begin with the name', cluster({ nodeType: 'ra30.large' }), [otherNodes('ra30.large')]],
  [
    'Redshift does not show its nodes',
    cluster({ nodeType: undefined }),
    [otherNodes('of a type that Redshift does not show')],
  ],
  ['neither is enabled', cluster({ relocation: 'disabled' }), [neither]],
  ['one is on its way', cluster({ relocation: 'pending_enabling' }), [between('pending_enabling', 'Disabled')]],
  [
    'one is off, and Redshift does not show the other',
    cluster({ relocation: 'disabled', multiAz: undefined }),
    [between('disabled', 'not shown')],
  ],
  [
    'Redshift shows neither',
    cluster({ relocation: undefined, multiAz: undefined }),
    [between('not shown', 'not shown')],
  ],
  ...[5430, 5456, 8190, 8216].map((port): [string, Gathered<RedshiftClusterFacts>, Judgement[]] => [
    `it is on port ${port}`,
    cluster({ port }),
    [otherPort(port)],
  ]),
  ...[5431, 5455, 8191, 8215].map((port): [string, Gathered<RedshiftClusterFacts>, Judgement[]] => [
    `it is on port ${port}`,
    cluster({ port }),
    [fine(relocates, port)],
  ]),
  [
    'Redshift does not show its port',
    cluster({ port: undefined }),
    [unknown('Redshift does not show the port of warehouse, as while it makes the cluster.')],
  ],
  [
    'everything is wrong',
    cluster({ nodeType: 'dc2.large', relocation: 'disabled', port: 3000 }),
    [dense('dc2.large'), neither, otherPort(3000)],
  ],
  [
    'there is none',
    none('Cluster warehouse not found.'),
    [
      problem(
        'There is no Redshift cluster warehouse. Cluster warehouse not found.',
        'Correct redshift.clusterIdentifier in repoint.json, or check --region and --profile.',
      ),
    ],
  ],
  ['it may not be read', notKnown('denied'), [unknown('denied')]],
])('of the cluster behind managed endpoints it is said where %s', (_, redshiftCluster, expected) => {
  expect(judgeAll([redshiftEndpoints], someFacts({ settings, redshiftCluster }))).toEqual(
    findingsOf('redshift-endpoints', expected),
  )
})

it('nothing is said of Redshift where no managed endpoint is granted', () => {
  expect(judgeAll([redshiftEndpoints], someFacts())).toEqual([])
})
