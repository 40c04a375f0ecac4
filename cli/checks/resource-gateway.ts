import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** `IN_VPC` would resolve names with the VPC's own resolver; it cannot be changed afterwards. */
export const dnsMode: Check<PreflightFacts> = {
  name: 'dns-mode',
  question: 'Can the gateway serve the configuration’s kind of target?',
  judge: facts =>
    whenKnown([facts.provider.gateway], ({ id, dnsResolution }) => {
      const { target } = facts.database.gateway
      if (dnsResolution !== 'IN_VPC') return [ok(`${id} resolves public names (PUBLIC), which ARNs need.`)]
      if (target === 'dns') return [ok(`${id} resolves names inside its VPC (IN_VPC); the configuration is by name.`)]
      return [
        problem(
          `${id} resolves names inside its VPC (IN_VPC): such a gateway serves no resource configuration by ARN, and the setting is fixed.`,
          'Create another gateway with PUBLIC, AWS’s default: deploy stage nlb, then shadow.',
          sources.resourceGateway,
        ),
      ]
    }),
}

export const gatewayStatus: Check<PreflightFacts> = {
  name: 'gateway',
  question: 'Is the resource gateway active, and the one that the settings describe?',
  judge: facts =>
    whenKnown([facts.provider.gateway], ({ id, name, status, isOther, vpcId }) => {
      const judgements: Judgement[] = []
      if (/FAILED/.test(status)) {
        judgements.push(
          problem(
            `The resource gateway ${id} is ${status}.`,
            'A subnet without a consecutive block of free addresses is the usual reason (gateway-addresses); deploy again once there is room.',
            sources.resourceGateway,
          ),
        )
      } else if (status !== 'ACTIVE') {
        judgements.push(
          warning(`The resource gateway ${id} is ${status}.`, 'Wait, and check again.', sources.resourceGateway),
        )
      }
      if (isOther) {
        judgements.push(
          warning(
            `The resource gateway is ${name}; the one of the settings has another name: subnets or addresses were changed since.`,
            'Deploying it creates another gateway and another configuration, and for every consumer another endpoint. Restore the settings unless that is intended.',
            sources.resourceGateway,
          ),
        )
      }
      if (facts.database.vpcId !== undefined && vpcId !== facts.database.vpcId) {
        judgements.push(
          problem(
            `${id} is in ${vpcId}, the database in ${facts.database.vpcId}.`,
            'Deploy the provider’s stack again.',
          ),
        )
      }
      return judgements.length > 0 ? judgements : [ok(`The resource gateway ${id} is active.`)]
    }),
}

export const configuration: Check<PreflightFacts> = {
  name: 'resource-configuration',
  question: 'Is the resource configuration active, and does it name this database?',
  judge: facts =>
    whenKnown([facts.provider.configuration], ({ id, status, type, target, failure, gatewayId }) => {
      const { database, provider } = facts
      const judgements: Judgement[] = []
      const state = `The resource configuration ${id} is ${status}${failure === undefined ? '' : `: ${failure}`}.`
      if (/FAILED/.test(status)) {
        judgements.push(
          problem(
            state,
            'Deploy the provider’s stack again; a publicly accessible database and an unknown ARN are the usual reasons.',
            sources.configuration,
          ),
        )
      } else if (status !== 'ACTIVE') {
        judgements.push(warning(state, 'Wait, and check again.', sources.configuration))
      }
      const expected = database.gateway.target === 'arn' ? database.arn : database.endpoint
      if (expected !== undefined && target !== '' && target.toLowerCase() !== expected.toLowerCase()) {
        judgements.push(
          problem(
            `The resource configuration ${id} names ${target}, not ${expected}.`,
            'A database restored under another name is another configuration: deploy the provider’s stack, then give every consumer the new ARN.',
            sources.configuration,
          ),
        )
      }
      if (provider.gateway.kind === 'known' && gatewayId !== '' && gatewayId !== provider.gateway.value.id) {
        judgements.push(
          problem(
            `${id} belongs to ${gatewayId}, not to ${provider.gateway.value.id}.`,
            'Deploy the provider’s stack again.',
          ),
        )
      }
      if (database.kind === 'cluster' && type === 'ARN') {
        judgements.push(
          notice(
            'A cluster’s configuration leads to the writer’s and the readers’ endpoint, and to no instance’s: drivers that connect to single instances (AWS’s JDBC wrapper with failover) do not find them through it.',
            'Use the plain driver through the gateway.',
            sources.resourceAccess,
          ),
        )
      }
      return judgements.length > 0
        ? judgements
        : [ok(`The resource configuration ${id} (${type}) is active${target === '' ? '' : ` and names ${target}`}.`)]
    }),
}

export const accessLog: Check<PreflightFacts> = {
  name: 'access-log',
  question: 'Does the gateway’s access log go to a log group?',
  judge: facts =>
    whenKnown([facts.provider.configuration], () => {
      const { accessLog } = facts.provider
      if (accessLog.kind !== 'none')
        return whenKnown([accessLog], ({ logGroup }) => [ok(`The access log goes to ${logGroup}.`)])
      return [
        problem(
          `${accessLog.why} Without it there is no proof which address the gateway reached.`,
          'Deploy the provider’s stack again.',
          sources.accessLog,
        ),
      ]
    }),
}
