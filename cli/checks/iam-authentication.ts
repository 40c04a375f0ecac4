import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, ok, problem, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** A token is signed for the host that clients connect to, and RDS accepts it only for its own name. */
export const iamAuthentication: Check<PreflightFacts> = {
  name: 'iam-authentication',
  question: 'Do IAM tokens stay valid for the name that clients use?',
  judge: ({ provider, consumer, database }) =>
    database.kind === 'hostname'
      ? []
      : whenKnown([provider.database], ({ hasIamAuthentication }) => {
          if (!hasIamAuthentication) return [ok('IAM database authentication is off: no token depends on the name.')]
          if (consumer?.dnsName === undefined) {
            return [
              ok(
                `IAM database authentication is on; clients connect to ${database.endpoint}, which their tokens are signed for, on both paths.`,
              ),
            ]
          }
          return [
            problem(
              `IAM database authentication is on and the consumer connects to ${consumer.dnsName}: a token signed for a name of your own is refused.`,
              `Sign tokens for ${consumer.hostname} and connect by ${consumer.dnsName}, or leave dnsName out so that the zone has the database’s own name.`,
              sources.iamTokens,
            ),
          ]
        }),
}
