import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { known } from '../facts/gathered.ts'
import type { PreflightFacts } from '../facts/preflight-facts.ts'
import { type Check, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

/** Of a public database the name gives a public address outside the VPC, which no target group takes. */
export const publiclyAccessible: Check<DoctorFacts> = {
  name: 'publicly-accessible',
  question: 'Does the endpoint’s name mean a private address where the function runs?',
  judge: ({ database, lambda, settings }) =>
    whenKnown([database], ({ isPubliclyAccessible, vpcId }) => {
      if (!isPubliclyAccessible) {
        return [ok('The database is not publicly accessible: its name has the private address everywhere.')]
      }
      // Before the first deployment the settings tell where the function will run.
      const isWanted = settings.network.mode !== 'outside-vpc'
      const place = lambda.kind === 'none' ? known({ vpc: isWanted ? { vpcId } : undefined }) : lambda
      return whenKnown([place], ({ vpc }) =>
        vpc?.vpcId === vpcId
          ? [
              warning(
                'The database is publicly accessible: its name gives a private address only inside the VPC, and only with the VPC’s DNS hostnames and DNS support on.',
                'Consumers come over PrivateLink: set publicly accessible to no.',
                sources.rdsInVpc,
              ),
            ]
          : [
              problem(
                `The database is publicly accessible and the function runs ${vpc === undefined ? 'outside its VPC' : `in ${vpc.vpcId}`}: there the name gives the public address, which Repoint refuses (address-not-allowed).`,
                'Set publicly accessible to no, or network.mode to in-vpc or isolated in repoint.json.',
                sources.rdsInVpc,
              ),
            ],
      )
    }),
}

const makePrivate = 'Make it private (aws rds modify-db-instance --no-publicly-accessible)'

export const publicTarget: Check<PreflightFacts> = {
  name: 'publicly-accessible',
  question: 'Can a resource configuration name the database?',
  judge: ({ database, provider }) =>
    database.kind === 'hostname'
      ? []
      : whenKnown([provider.database], ({ isPubliclyAccessible }) => {
          if (!isPubliclyAccessible) return [ok('The database is not publicly accessible.')]
          return [
            database.gateway.target === 'arn'
              ? problem(
                  'The database is publicly accessible: AWS refuses a resource configuration of its ARN.',
                  `${makePrivate}: its name then has its private address everywhere.`,
                  sources.configuration,
                )
              : problem(
                  'The database is publicly accessible: the gateway resolves its name to the public address, and would need a NAT gateway to reach it.',
                  `${makePrivate}.`,
                  sources.configuration,
                ),
          ]
        }),
}
