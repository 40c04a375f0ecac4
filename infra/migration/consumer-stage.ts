import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53'
import type { LambdaContext } from '../custom-resource/answer.ts'
import type { Weights } from '../settings/weights.ts'
import { whyNotMove } from './stage-guard.ts'
import { guardStage, type StageEvent } from './stage-handler.ts'

export const handler = (event: StageEvent, context: LambdaContext): Promise<void> =>
  guardStage(event, context, async request => {
    const { HostedZoneId, RecordName = '' } = request.ResourceProperties
    return whyNotMove(request, await readWeights(HostedZoneId, RecordName))
  })

/** A zone holds these records and two of its own: one page. */
const readWeights = async (HostedZoneId: string | undefined, name: string): Promise<Weights> => {
  const question = { HostedZoneId, StartRecordName: name, StartRecordType: 'A' } as const
  const { ResourceRecordSets = [] } = await new Route53Client({}).send(new ListResourceRecordSetsCommand(question))
  const weights: { nlb?: number; gateway?: number } = {}
  for (const { Name, Type, SetIdentifier, Weight } of ResourceRecordSets) {
    if (Type !== 'A' || Name?.replace(/\.$/, '').toLowerCase() !== name.toLowerCase()) continue
    // A record without weight was deployed before records had them: it led to the load balancer.
    if (SetIdentifier === 'repoint-gateway') weights.gateway = Weight ?? 0
    else weights.nlb = Weight ?? 100
  }
  return weights
}
