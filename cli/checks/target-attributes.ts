import type { DoctorFacts } from '../facts/doctor-facts.ts'
import type { TargetGroupFacts } from '../facts/target-groups.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const unhealthyTermination: Check<DoctorFacts> = {
  name: 'unhealthy-termination',
  question: 'Are sessions with a target that turned unhealthy ended?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], ({ attributes }) => {
      const key = 'target_health_state.unhealthy.connection_termination.enabled'
      if ((attributes[key] ?? 'true') === 'true') return [ok('Connections to a target that turns unhealthy are ended.')]
      return [
        warning(
          'Connections to a target that turns unhealthy are kept: sessions with a dead writer hang.',
          `Set ${key}=true on the target group, unless you need zonal shift with cross-zone on, which excludes it.`,
          sources.attributeList,
        ),
      ]
    }),
}

export const clientIp: Check<DoctorFacts> = {
  name: 'client-ip',
  question: 'Is client IP preservation off?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], ({ attributes }) => {
      const key = 'preserve_client_ip.enabled'
      if (attributes[key] !== 'true') return [ok('Client IP preservation is off.')]
      return [
        warning(
          'Client IP preservation is on: it does nothing for PrivateLink traffic, and for clients in the VPC the database has to admit each of them; a client that is also the target cannot connect.',
          `Set ${key}=false on the target group.`,
          sources.attributes,
        ),
      ]
    }),
}

export const proxyProtocol: Check<DoctorFacts> = {
  name: 'proxy-protocol',
  question: 'Is proxy protocol v2 off?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], ({ attributes }) => {
      const key = 'proxy_protocol_v2.enabled'
      if (attributes[key] !== 'true') return [ok('Proxy protocol v2 is off.')]
      return [
        problem(
          'Proxy protocol v2 is on: a header comes before the first byte of every connection, which no database on RDS understands.',
          `Set ${key}=false on the target group.`,
          sources.attributes,
        ),
      ]
    }),
}

export const stickiness: Check<DoctorFacts> = {
  name: 'stickiness',
  question: 'Is stickiness off?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], ({ attributes }) => {
      if (attributes['stickiness.enabled'] !== 'true') return [ok('Stickiness is off.')]
      return [
        warning(
          'Stickiness is on: it pins consumers to the old writer for longer and turns passive health checks off.',
          'Set stickiness.enabled=false on the target group.',
          sources.healthChecks,
        ),
      ]
    }),
}

const judgeVpc = (database: DoctorFacts['database'], { vpcId }: TargetGroupFacts): readonly Judgement[] =>
  whenKnown([database], found =>
    found.vpcId === vpcId
      ? []
      : [
          warning(
            `The target group is in ${vpcId}, the database in ${found.vpcId}: AWS does not check that the load balancer reaches its addresses.`,
            'Make sure that peering or a transit gateway leads there and back, or use a target group in the database’s VPC.',
            sources.registerTargets,
          ),
        ],
  )

/** What the group is, as far as the reconciler relies on it. */
export const targetGroup: Check<DoctorFacts> = {
  name: 'target-group',
  question: 'Is the target group one that an RDS writer can be registered in?',
  isOfGroup: true,
  judge: facts => {
    if (facts.targetGroup.kind === 'none') {
      return [
        problem(
          `There is no target group. ${facts.targetGroup.why}`,
          'Deploy the stack again: a new target group gets its writer then.',
        ),
      ]
    }
    return whenKnown([facts.targetGroup], group => {
      const judgements: Judgement[] = []
      if (group.targetType !== 'ip') {
        judgements.push(
          problem(
            `The target group's type is ${group.targetType}: only type ip takes the address of a database.`,
            'Create a target group of type ip; the type of an existing one cannot be changed.',
            sources.registerTargets,
          ),
        )
      }
      if (group.protocol !== 'TCP') {
        judgements.push(
          problem(
            `The target group's protocol is ${group.protocol}: a database needs TCP passed through.`,
            'Create a target group with protocol TCP.',
          ),
        )
      }
      if (group.port !== facts.settings.port) {
        judgements.push(
          warning(
            `The target group's port is ${group.port}, the database's ${facts.settings.port}. Repoint registers with the database's port.`,
            'Create the target group with the database’s port: a target that is registered by hand without a port gets the other one.',
            sources.registerTargets,
          ),
        )
      }
      if (group.loadBalancerArns.length === 0) {
        judgements.push(
          problem(
            'No listener forwards to the target group: every target in it is unused.',
            'Forward a TCP listener of the load balancer to it.',
            sources.targetHealth,
          ),
        )
      }
      if (facts.database.kind !== 'none') judgements.push(...judgeVpc(facts.database, group))
      return judgements.length > 0
        ? judgements
        : [ok(`The target group takes ip targets over TCP on port ${group.port} and is in a listener.`)]
    })
  },
}
