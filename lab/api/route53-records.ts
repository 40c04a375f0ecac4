import { randomBytes } from 'node:crypto'
import type { Account } from './account.ts'
import { ApiFailure } from './errors/failure.ts'
import { route53Errors } from './errors/route53-errors.ts'
import type { HostedZone } from './resources.ts'
import { get, type RestRoute } from './rest-protocol.ts'
import { applyBatch } from './route53-changes.ts'
import { dotted, namespace, plain, readChanges, writeRecord } from './route53-xml.ts'
import { ownZone } from './route53-zones.ts'

interface Submitted {
  readonly id: string
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** Route 53's operations on records. A change is in the zone at once and INSYNC after `route53ChangeMs`. */
export const recordRoutes = (account: Account): readonly RestRoute[] => {
  const submitted = new Map<string, Submitted>()
  const writeChange = ({ id, atMs }: Submitted) => ({
    Id: `/change/${id}`,
    Status: Date.now() - atMs >= (account.route53ChangeMs ?? 0) ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date(atMs).toISOString(),
  })
  return [
    get(/^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/, 'ListResourceRecordSets', ({ id }, { query }) => {
      const zone = ownZone(account, id)
      const from = query.has('name')
        ? sortKey({
            Name: query.get('name') ?? '',
            Type: query.get('type') ?? '',
            SetIdentifier: query.get('identifier') ?? '',
          })
        : ''
      const found = written(zone).filter(record => sortKey(record) >= from)
      const max = Math.min(Number(query.get('maxitems') ?? 300), 300)
      const next = found[max]
      const result = {
        '@_xmlns': namespace,
        ResourceRecordSets: { ResourceRecordSet: found.slice(0, max) },
        IsTruncated: next !== undefined,
        ...(next
          ? {
              NextRecordName: next.Name,
              NextRecordType: next.Type,
              ...(next.SetIdentifier === undefined ? {} : { NextRecordIdentifier: next.SetIdentifier }),
            }
          : {}),
        MaxItems: max,
      }
      return { result: { ListResourceRecordSetsResponse: result }, brief: { zone: zone.name, records: found.length } }
    }),
    {
      method: 'POST',
      path: /^\/2013-04-01\/hostedzone\/(?<id>[^/]+)\/rrset\/?$/,
      action: 'ChangeResourceRecordSets',
      run: ({ id }, { body }) => {
        const zone = ownZone(account, id)
        const changes = readChanges(body)
        const outcome = applyBatch({ zone, changes, endpoints: account.resources?.vpcEndpoints ?? [] })
        if ('problems' in outcome) throw new ApiFailure(route53Errors.badBatch, outcome.problems.join(', '))
        zone.records = outcome.records
        const change = {
          id: `C${randomBytes(10).toString('hex').toUpperCase()}`,
          atMs: Date.now(),
        }
        submitted.set(change.id, change)
        const result = { '@_xmlns': namespace, ChangeInfo: writeChange(change) }
        const brief = {
          zone: zone.name,
          changes: changes.map(({ action, record }) => shown(action, record)).join(', '),
        }
        return { result: { ChangeResourceRecordSetsResponse: result }, brief }
      },
    },
    get(/^\/2013-04-01\/change\/(?<id>[^/]+)$/, 'GetChange', ({ id = '' }) => {
      const found = submitted.get(id)
      if (!found) throw new ApiFailure(route53Errors.changeNotFound, id)
      const ChangeInfo = writeChange(found)
      return {
        result: { GetChangeResponse: { '@_xmlns': namespace, ChangeInfo } },
        brief: { status: ChangeInfo.Status },
      }
    }),
  ]
}

interface Written {
  readonly Name: string
  readonly Type: string
  readonly SetIdentifier?: string
}

const written = (zone: HostedZone): readonly Written[] =>
  [...(zone.records ?? []).map(writeRecord), ...ownRecords(zone)].toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))

/** Names by their labels from the end, then type, then set identifier. A space sorts before what names hold. */
const sortKey = ({ Name, Type, SetIdentifier = '' }: Written): string =>
  [plain(Name).split('.').toReversed().join(' '), Type, SetIdentifier].join('\t')

/** What every hosted zone is made with. */
const ownRecords = ({ name }: HostedZone) => [
  {
    Name: dotted(name),
    Type: 'NS',
    TTL: 172_800,
    ResourceRecords: {
      ResourceRecord: ['com', 'net', 'org', 'co.uk'].map((top, i) => ({ Value: `ns-${i}.awsdns-00.${top}.` })),
    },
  },
  {
    Name: dotted(name),
    Type: 'SOA',
    TTL: 900,
    ResourceRecords: {
      ResourceRecord: [{ Value: 'ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400' }],
    },
  },
]

const shown = (action: string, { setIdentifier, weight }: { setIdentifier?: string; weight?: number }): string =>
  [action, setIdentifier ?? 'simple', ...(weight === undefined ? [] : [weight])].join(' ')
