import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, type Judgement, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

const delayKey = 'deregistration_delay.timeout_seconds'
const terminationKey = 'deregistration_delay.connection_termination.enabled'

/** What happens to sessions with the old writer. */
export const deregistration: Check<DoctorFacts> = {
  name: 'deregistration',
  question: 'Are sessions with the old writer ended soon after it is deregistered?',
  isOfGroup: true,
  judge: facts =>
    whenKnown([facts.targetGroup], group => {
      const delay = Number(group.attributes[delayKey] ?? 300)
      const terminates = group.attributes[terminationKey] === 'true'
      const judgements: Judgement[] = []
      if (!terminates) {
        const isCluster = facts.settings.kind === 'cluster'
        const judge = isCluster ? problem : warning
        judgements.push(
          judge(
            isCluster
              ? 'Connections to a deregistered target are kept: the old writer comes back as a reader on the same address, and its sessions go on with read-only errors.'
              : 'Connections to a deregistered target are kept: sessions with the old writer hang until their own timeout.',
            `Set ${terminationKey}=true on the target group.`,
            sources.attributes,
          ),
        )
      }
      if (delay > 30) {
        judgements.push(
          warning(
            `The deregistration delay is ${delay} s: for so long ${terminates ? 'sessions with the old writer are kept' : 'the old writer is draining'}.`,
            `Set ${delayKey} to 0, at most 10, on the target group.`,
            sources.attributes,
          ),
        )
      }
      return judgements.length > 0
        ? judgements
        : [
            ok(
              `Connections to a deregistered target are ended after ${delay} s. New ones may still arrive for about 2 minutes (reports of users; AWS gives no figure).`,
            ),
          ]
    }),
}
