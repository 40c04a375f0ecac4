import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, ok, problem, whenKnown } from './finding.ts'
import { sources } from './gateway-sources.ts'

export const publiclyAccessible: Check<PreflightFacts> = {
  name: 'publicly-accessible',
  question: 'Can a resource configuration name the database?',
  judge: facts =>
    facts.database.kind === 'hostname'
      ? []
      : whenKnown([facts.provider.database], ({ isPubliclyAccessible }) => {
          if (!isPubliclyAccessible) return [ok('The database is not publicly accessible.')]
          return [
            facts.database.gateway.target === 'arn'
              ? problem(
                  'The database is publicly accessible: AWS refuses a resource configuration of its ARN.',
                  'Make it private (aws rds modify-db-instance --no-publicly-accessible): its name then means its private address everywhere.',
                  sources.configuration,
                )
              : problem(
                  'The database is publicly accessible: the gateway resolves its name to the public address, and would need a NAT gateway to reach it.',
                  'Make it private (aws rds modify-db-instance --no-publicly-accessible).',
                  sources.configuration,
                ),
          ]
        }),
}
