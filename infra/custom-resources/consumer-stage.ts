import { ListResourceRecordSetsCommand, type ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53'
import { setIdentifiers } from '../app/settings/resource-names.ts'
import type { Weights } from '../app/settings/stage-weights.ts'
import type { LambdaContext } from './answer.ts'
import { isAnotherZone, whyNotBeside, whyNotMove, whyNotReach, whyNotRename, whyNotUnread } from './stage-decisions.ts'
import { guardStage, type StageEvent } from './stage-handler.ts'

export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(event, context, async (request, withoutGuard) => {
    const unread = whyNotUnread(request, withoutGuard)
    if (unread !== undefined) return unread
    if (isAnotherZone(request)) return whyNotReach(request, withoutGuard) ?? whyNotRename(request)
    const { HostedZoneId, RecordName } = request.ResourceProperties
    const { live, strangers } = await readRecords({ HostedZoneId, name: RecordName ?? '' })
    return whyNotReach(request, withoutGuard, live) ?? whyNotBeside(strangers) ?? whyNotMove(request, live)
  })

interface Zone {
  readonly HostedZoneId: string | undefined
  readonly name: string
}

const plain = (name: string | undefined) => (name ?? '').replace(/\.$/, '').toLowerCase()

const readRecords = async (zone: Zone) => {
  const live: { -readonly [Path in keyof Weights]: Weights[Path] } = {}
  const strangers: string[] = []
  for (const { SetIdentifier, Weight } of await listRecords(zone)) {
    // A record without weight was deployed before records had them: it led to the load balancer.
    if (SetIdentifier === setIdentifiers.gateway) live.gateway = Weight ?? 0
    else if (SetIdentifier === undefined || SetIdentifier === setIdentifiers.nlb) live.nlb = Weight ?? 100
    else if (Weight !== 0) strangers.push(`${SetIdentifier} (${Weight ?? 'no weight'})`)
  }
  return { live, strangers }
}

/** Of the name, on as many pages as somebody's own records fill. A zone that is not there yet has none. */
const listRecords = async ({ HostedZoneId, name }: Zone): Promise<ResourceRecordSet[]> => {
  const found: ResourceRecordSet[] = []
  if (HostedZoneId === undefined) return found
  const client = new Route53Client({})
  let from: object = { StartRecordName: name, StartRecordType: 'A' }
  for (;;) {
    const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...from }))
    found.push(...(page.ResourceRecordSets ?? []).filter(it => it.Type === 'A' && plain(it.Name) === plain(name)))
    if (!page.IsTruncated || plain(page.NextRecordName) !== plain(name)) return found
    const { NextRecordName, NextRecordType, NextRecordIdentifier } = page
    from = {
      StartRecordName: NextRecordName,
      StartRecordType: NextRecordType,
      ...(NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: NextRecordIdentifier }),
    }
  }
}
