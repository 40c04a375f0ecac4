import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import { setIdentifiers } from '../app/settings/resource-names.ts'
import type { Weights } from '../app/settings/stage-weights.ts'
import type { LambdaContext } from './answer.ts'
import { whyNotBeside, whyNotMove, whyNotReach } from './stage-decisions.ts'
import { guardStage, type StageEvent } from './stage-handler.ts'

export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(event, context, async (request, withoutGuard) => {
    const { HostedZoneId, RecordName = '' } = request.ResourceProperties
    const { live, strangers } = await readRecords(HostedZoneId, RecordName)
    return whyNotReach(request, withoutGuard, live) ?? whyNotBeside(strangers) ?? whyNotMove(request, live)
  })

/** A zone holds these records and two of its own: one page. */
const readRecords = async (HostedZoneId: string | undefined, name: string) => {
  const question = { HostedZoneId, StartRecordName: name, StartRecordType: 'A' } as const
  const { ResourceRecordSets = [] } = await new Route53Client({}).send(new ListResourceRecordSetsCommand(question))
  const live: { -readonly [Path in keyof Weights]: Weights[Path] } = {}
  const strangers: string[] = []
  for (const { Name, Type, SetIdentifier, Weight } of ResourceRecordSets) {
    if (Type !== 'A' || Name?.replace(/\.$/, '').toLowerCase() !== name.toLowerCase()) continue
    // A record without weight was deployed before records had them: it led to the load balancer.
    if (SetIdentifier === setIdentifiers.gateway) live.gateway = Weight ?? 0
    else if (SetIdentifier === undefined || SetIdentifier === setIdentifiers.nlb) live.nlb = Weight ?? 100
    else if (Weight !== 0) strangers.push(`${SetIdentifier} (${Weight ?? 'no weight'})`)
  }
  return { live, strangers }
}
