import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { RedshiftClusterFacts } from '../facts/redshift-cluster.ts'
import { type Check, type Judgement, ok, problem, unknown, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/**
 * What AWS asks of a provisioned cluster behind a managed endpoint (`sources.redshiftEndpoints`): "it must have the RA3
 * node type", be "enabled for either cluster relocation or Multi-AZ", and "available within the valid port ranges
 * 5431-5455 and 8191-8215".
 */
export const redshiftEndpoints: Check<DoctorFacts> = {
  name: 'redshift-endpoints',
  question: 'May the cluster have the managed endpoints that are granted: RA3 nodes, relocation or Multi-AZ, the port?',
  judge: ({ settings: { redshift }, redshiftCluster }) => {
    if (redshift === undefined) return []
    const id = redshift.clusterIdentifier
    if (redshiftCluster.kind === 'none') {
      return [
        problem(
          `There is no Redshift cluster ${id}. ${redshiftCluster.why}`,
          'Correct redshift.clusterIdentifier in repoint.json, or check --region and --profile.',
        ),
      ]
    }
    return whenKnown([redshiftCluster], cluster => {
      const against = [judgeNodes, judgeZones, judgePort].flatMap(judge => judge(id, cluster))
      if (against.length > 0) return against
      const { nodeType, relocation, multiAz, port } = cluster
      return [
        ok(
          `${id} is of ${nodeType}, with relocation ${shown(relocation)} and Multi-AZ ${shown(multiAz)}, on port ${port}.`,
        ),
      ]
    })
  },
}

type Judge = (id: string, cluster: RedshiftClusterFacts) => readonly Judgement[]

const shown = (state: string | undefined): string => state ?? 'not shown'

const nobody = 'nobody can make the managed endpoints that are granted'

/** Multi-AZ is for "RG or RA3 clusters" by its page; the page on managed endpoints names RA3 alone. */
const judgeNodes: Judge = (id, { nodeType = 'of a type that Redshift does not show' }) => {
  if (/^ra3\./.test(nodeType)) return []
  if (/^d[cs]\d/.test(nodeType)) {
    return [
      problem(
        `${id} has ${nodeType} nodes, not RA3: ${nobody}.`,
        'Resize the cluster to RA3 nodes; until then the load balancer and the resource gateway are the paths.',
        sources.redshiftEndpoints,
      ),
    ]
  }
  return [
    unknown(
      `The nodes of ${id} are ${nodeType}. AWS asks for RA3 behind a managed endpoint; whether these will do is UNCONFIRMED.`,
      `Redshift's answer to this shows it: aws redshift create-endpoint-access --cluster-identifier ${id} --endpoint-name NAME --subnet-group-name GROUP`,
    ),
  ]
}

/**
 * Neither field has its values documented. `enabled`, `disabled` and, of relocation, `pending_…` are those that public
 * clients know (https://github.com/hashicorp/terraform-provider-aws, internal/service/redshift), Multi-AZ in any case.
 */
const judgeZones: Judge = (id, { relocation, multiAz }) => {
  const states = [relocation, multiAz].map(it => it?.toLowerCase())
  if (states.includes('enabled')) return []
  if (states.every(it => it === 'disabled')) {
    return [
      problem(
        `${id} has neither relocation nor Multi-AZ turned on: ${nobody}.`,
        `Turn one of them on. Relocation reboots the cluster: aws redshift modify-cluster --cluster-identifier ${id} --availability-zone-relocation`,
        sources.redshiftRelocation,
      ),
    ]
  }
  return [
    unknown(
      `Relocation of ${id} is ${shown(relocation)}, and Multi-AZ ${shown(multiAz)}: one of them has to be enabled before anybody makes a managed endpoint.`,
      `When a change is on its way, look again: aws redshift describe-clusters --cluster-identifier ${id} --query "Clusters[].[AvailabilityZoneRelocationStatus,MultiAZ]"`,
    ),
  ]
}

const ranges = [
  [5431, 5455],
  [8191, 8215],
] as const

const judgePort: Judge = (id, { port }) => {
  if (port === undefined) return [unknown(`Redshift does not show the port of ${id}, as while it makes the cluster.`)]
  if (ranges.some(([first, last]) => port >= first && port <= last)) return []
  return [
    problem(
      `${id} is on port ${port}; a managed endpoint needs one of 5431 to 5455 or 8191 to 8215.`,
      `Clients and repoint.json name the port, and change with it: aws redshift modify-cluster --cluster-identifier ${id} --port 5439`,
      sources.redshiftEndpoints,
    ),
  ]
}
