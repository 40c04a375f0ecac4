import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, ok, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/**
 * An Aurora Serverless v2 instance pauses after a time without connections, and resumes "when a connection request
 * arrives" (the page named below): a load balancer's TCP check asks for one. Nothing else of ours connects: the function
 * asks DNS and the RDS API.
 */
export const autoPause: Check<DoctorFacts> = {
  name: 'auto-pause',
  question: 'Can the database pause at 0 ACU, and what do health checks do to that?',
  judge: ({ database, targetGroup, settings }) =>
    settings.kind !== 'cluster'
      ? []
      : whenKnown([database], ({ serverless }) => {
          if (serverless === undefined) return [ok('No member is serverless: the cluster does not pause.')]
          const { minCapacity, pausesAfterSeconds = 300 } = serverless
          if (minCapacity > 0) return [ok(`The minimum capacity is ${minCapacity} ACU: the cluster does not pause.`)]
          const every =
            targetGroup.kind === 'known'
              ? `every ${targetGroup.value.healthCheck.intervalSeconds} s`
              : 'again and again'
          return [
            warning(
              `The minimum capacity is 0 ACU: the cluster pauses after ${pausesAfterSeconds} s without connections, and resumes, in about 15 s, when one is asked for. The load balancer's health checks ask for one ${every}. UNCONFIRMED whether they keep it awake, and billed; where they do not, consumers' first connections fail or wait.`,
              "Set a minimum capacity of 0.5 ACU or more. To find out first: CloudWatch's ServerlessDatabaseCapacity of a day without consumers never shows 0 where the checks keep it awake.",
              sources.autoPause,
            ),
          ]
        }),
}
