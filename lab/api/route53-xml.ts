import { XMLParser } from 'fast-xml-parser'
import { ApiFailure } from './errors/failure.ts'
import { route53Errors } from './errors/route53-errors.ts'
import type { RecordSet } from './resources.ts'

export const namespace = 'https://route53.amazonaws.com/doc/2013-04-01/'

/** As names are compared: without the dot at the end. */
export const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')

/** As Route 53 writes them. */
export const dotted = (name: string): string => `${plain(name)}.`

export interface Change {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE'
  readonly record: RecordSet
}

const lists = new Set(['Change', 'ResourceRecord'])
const parser = new XMLParser({ parseTagValue: false, isArray: name => lists.has(name) })

interface ChangeElement {
  readonly Action?: string
  readonly ResourceRecordSet?: {
    readonly Name?: string
    readonly Type?: string
    readonly SetIdentifier?: string
    readonly Weight?: string
    readonly TTL?: string
    readonly AliasTarget?: {
      readonly DNSName?: string
      readonly HostedZoneId?: string
      readonly EvaluateTargetHealth?: string
    }
    readonly ResourceRecords?: { readonly ResourceRecord?: readonly { readonly Value?: string }[] }
  }
}

/** The body of ChangeResourceRecordSets. @throws ApiFailure InvalidInput for what the lab's zones do not hold. */
export const readChanges = (body: string): readonly Change[] => {
  const batch = parser.parse(body)?.ChangeResourceRecordSetsRequest?.ChangeBatch
  const changes: readonly ChangeElement[] = batch?.Changes?.Change ?? []
  if (changes.length === 0) throw invalidInput('The change batch has no changes')
  return changes.map(readChange)
}

const readChange = ({ Action = '', ResourceRecordSet: asked = {} }: ChangeElement): Change => {
  const { Name = '', Type = '', SetIdentifier, Weight, TTL, AliasTarget, ResourceRecords } = asked
  if (Action !== 'CREATE' && Action !== 'UPSERT' && Action !== 'DELETE') throw invalidInput(`Invalid action ${Action}`)
  if (Type !== 'A') throw invalidInput(`The lab's zones hold A records alone, not ${Type}`)
  if ((AliasTarget === undefined) === (ResourceRecords === undefined)) {
    throw invalidInput(
      `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found ${AliasTarget ? 'more than one' : 'none'} in Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`,
    )
  }
  if (Weight !== undefined && !(Number(Weight) >= 0 && Number(Weight) <= 255)) {
    throw invalidInput(`1 validation error detected: Value '${Weight}' at 'weight' failed to satisfy constraint`)
  }
  const { DNSName = '', HostedZoneId = '', EvaluateTargetHealth } = AliasTarget ?? {}
  return {
    action: Action,
    record: {
      name: dotted(Name),
      ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
      ...(Weight === undefined ? {} : { weight: Number(Weight) }),
      ...(AliasTarget === undefined
        ? {
            addresses: (ResourceRecords?.ResourceRecord ?? []).map(({ Value = '' }) => Value),
            ttlSeconds: Number(TTL ?? 300),
          }
        : {
            alias: {
              dnsName: plain(DNSName),
              hostedZoneId: HostedZoneId,
              ...(EvaluateTargetHealth === 'true' ? { evaluatesHealth: true } : {}),
            },
          }),
    },
  }
}

const invalidInput = (message: string) => new ApiFailure(route53Errors.badInput, message)

/** One record set as ListResourceRecordSets shows it. */
export const writeRecord = (record: RecordSet) => ({
  Name: dotted(record.name),
  Type: 'A',
  ...(record.setIdentifier === undefined ? {} : { SetIdentifier: record.setIdentifier }),
  ...(record.weight === undefined ? {} : { Weight: record.weight }),
  ...(record.alias
    ? {
        AliasTarget: {
          HostedZoneId: record.alias.hostedZoneId,
          DNSName: dotted(record.alias.dnsName),
          EvaluateTargetHealth: record.alias.evaluatesHealth === true,
        },
      }
    : {
        TTL: record.ttlSeconds ?? 300,
        ResourceRecords: { ResourceRecord: (record.addresses ?? []).map(Value => ({ Value })) },
      }),
})
