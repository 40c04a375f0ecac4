import type { DoctorFacts } from '../facts/facts.ts'
import { type Check, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const status: Check<DoctorFacts> = {
  name: 'database-status',
  question: 'Does RDS call the database available?',
  judge: facts => {
    if (facts.database.kind === 'none' && facts.settings.kind !== 'hostname') {
      return [
        problem(
          `There is no such database. ${facts.database.why}`,
          'Correct arn or id in repoint.json, or check --region and --profile.',
        ),
      ]
    }
    return whenKnown([facts.database], database => {
      if (database.status === 'available') return [ok('RDS calls the database available.')]
      return [
        warning(
          `RDS calls the database ${database.status}.`,
          'Look at its recent events: repoint history shows them beside the repoints.',
        ),
      ]
    })
  },
}

/** Without a standby there is no failover, but a recovery in place. */
export const standby: Check<DoctorFacts> = {
  name: 'standby',
  question: 'Is there a standby or a reader to fail over to?',
  judge: facts =>
    whenKnown([facts.database], database => {
      if (facts.settings.kind === 'proxy')
        return [ok('The proxy keeps its addresses through its database’s failovers.')]
      if (facts.settings.kind === 'cluster') {
        if (database.instances > 1) return [ok(`The cluster has ${database.instances} instances.`)]
        return [
          warning(
            'The cluster has a single instance: a failure is answered by making it anew, which typically takes up to 10 minutes.',
            'Add a reader in another zone.',
            sources.auroraAvailability,
          ),
        ]
      }
      if (database.isMultiAz) return [ok('The instance is Multi-AZ.')]
      return [
        warning(
          'The instance is not Multi-AZ: a failure is answered by a recovery in the same zone, about 10 minutes in reports; RDS-EVENT-0013 never comes.',
          'Convert it to Multi-AZ (no downtime).',
          sources.multiAz,
        ),
      ]
    }),
}

/** Public, the name answers with a public address outside the VPC, which no target group takes. */
export const publiclyAccessible: Check<DoctorFacts> = {
  name: 'publicly-accessible',
  question: 'Does the endpoint’s name mean a private address where the function runs?',
  judge: facts =>
    whenKnown([facts.database], database => {
      if (!database.isPubliclyAccessible) {
        return [ok('The database is not publicly accessible: its name has the private address everywhere.')]
      }
      const where = facts.lambda.kind === 'known' ? facts.lambda.value.vpc?.vpcId : undefined
      const isInside =
        facts.lambda.kind === 'known' ? where === database.vpcId : facts.settings.network.mode !== 'outside-vpc'
      if (!isInside) {
        return [
          problem(
            `The database is publicly accessible and the function runs ${where === undefined ? 'outside its VPC' : `in ${where}`}: there the name gives the public address, which Repoint refuses (address-not-allowed).`,
            'Set publicly accessible to no, or network.mode to in-vpc or isolated in repoint.json.',
            sources.rdsInVpc,
          ),
        ]
      }
      return [
        warning(
          'The database is publicly accessible: its name gives a private address inside the VPC only, and only with the VPC’s DNS hostnames and DNS support on.',
          'Consumers come over PrivateLink: set publicly accessible to no.',
          sources.rdsInVpc,
        ),
      ]
    }),
}

export const port: Check<DoctorFacts> = {
  name: 'endpoint',
  question: 'Are endpoint and port those of repoint.json?',
  judge: facts =>
    whenKnown([facts.database], database => {
      const { settings } = facts
      const wrong = [
        database.endpoint !== undefined && database.endpoint.toLowerCase() !== settings.endpoint.toLowerCase()
          ? `its endpoint is ${database.endpoint}, repoint.json says ${settings.endpoint}`
          : [],
        database.port !== undefined && database.port !== settings.port
          ? `its port is ${database.port}, repoint.json says ${settings.port}`
          : [],
      ].flat()
      if (wrong.length === 0)
        return [ok(`Endpoint and port are those of repoint.json: ${settings.endpoint}:${settings.port}.`)]
      const isOtherName = wrong.length === 1 && database.port === settings.port
      const judge = isOtherName ? warning : problem
      return [
        judge(
          `Of the database ${settings.id}, ${wrong.join('; ')}.`,
          'Correct repoint.json and deploy, unless you use a name of your own on purpose (a CNAME, a reader endpoint, a custom endpoint).',
        ),
      ]
    }),
}

export const engine: Check<DoctorFacts> = {
  name: 'engine',
  question: 'Is the engine that of repoint.json?',
  judge: facts =>
    whenKnown([facts.database], database => {
      const said = facts.settings.engine
      if (database.engine === 'proxy' || database.engine.startsWith(said))
        return [ok(`The engine is ${database.engine}.`)]
      return [
        notice(
          `The engine is ${database.engine}, repoint.json says ${said}: health checks are chosen by it.`,
          'Correct engine in repoint.json.',
        ),
      ]
    }),
}
