import { setIdentifiers } from '../../infra/app/settings/resource-names.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, type Judgement, ok, onlyOnce, problem, unknown, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const endpoints = { nlb: 'interface endpoint', gateway: 'resource endpoint' } as const

/** A weight moves clients to where its record leads, whatever the record's name. */
export const zoneRecords: Check<PreflightFacts> = {
  name: 'zone-records',
  question: 'Does each weighted record lead to the endpoint of its own path?',
  judge: ({ consumerSide: side }) =>
    side === undefined || side.zone.kind === 'none'
      ? []
      : onlyOnce(
          (['nlb', 'gateway'] as const).flatMap(path => {
            if (side[path].kind === 'none') return []
            return whenKnown([side.zone, side[path]], (zone, { endpointId, dnsName, leads }): Judgement[] => {
              const name = setIdentifiers[path]
              const record = zone.records.find(it => it.setIdentifier === name)
              if (record === undefined) return []
              if (leads) return [ok(`${name} leads to the ${endpoints[path]} ${endpointId}.`)]
              if (dnsName === '') {
                return [
                  unknown(
                    `Whether ${name} leads to ${endpointId} is not known: AWS gives no name of it yet.`,
                    'Check again once it is available.',
                  ),
                ]
              }
              return [
                problem(
                  `The record ${name} (weight ${record.weight ?? 'none'}) leads to ${record.alias?.dnsName ?? record.values?.join(', ') ?? 'nothing'}, and the ${endpoints[path]} ${endpointId} is ${dnsName}: its weight does not move clients there.`,
                  'Deploy the consumer’s stack again; where the endpoint was created again by hand, check that the settings name what it has to reach (serviceName, gateway.resourceConfigurationArn).',
                  sources.hostedZones,
                ),
              ]
            })
          }),
        ),
}
