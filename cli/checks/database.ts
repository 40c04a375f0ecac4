import type { DoctorFacts } from '../facts/doctor-facts.ts'
import { type Check, notice, ok, problem, warning, whenKnown } from './finding.ts'
import { sources } from './sources.ts'

export const databaseStatus: Check<DoctorFacts> = {
  name: 'database-status',
  question: 'Is the database available, as RDS reports it?',
  judge: ({ database, settings }) => {
    if (database.kind === 'none' && settings.kind !== 'hostname') {
      return [
        problem(
          `There is no such database. ${database.why}`,
          'Correct arn or id in repoint.json, or check --region and --profile.',
        ),
      ]
    }
    return whenKnown([database], ({ status }) => {
      if (status === 'available') return [ok('RDS reports the database as available.')]
      return [
        warning(
          `RDS reports the database as ${status}.`,
          'Check its recent events: repoint history shows them beside the repoints.',
        ),
      ]
    })
  },
}

/** Without a standby there is no failover, only a recovery in place. */
export const standby: Check<DoctorFacts> = {
  name: 'standby',
  question: 'Is there a standby or a reader to fail over to?',
  judge: ({ database, settings }) =>
    whenKnown([database], ({ instances, isMultiAz }) => {
      if (settings.kind === 'proxy') return [ok('The proxy keeps its addresses through its database’s failovers.')]
      if (settings.kind === 'cluster') {
        if (instances > 1) return [ok(`The cluster has ${instances} instances.`)]
        return [
          warning(
            'The cluster has a single instance: after a failure AWS creates a new one, which typically takes up to 10 minutes.',
            'Add a reader in another zone.',
            sources.auroraAvailability,
          ),
        ]
      }
      if (isMultiAz) return [ok('The instance is Multi-AZ.')]
      return [
        warning(
          'The instance is not Multi-AZ: after a failure it is recovered in the same zone, about 10 minutes in reports; RDS-EVENT-0013 never comes.',
          'Convert it to Multi-AZ (no downtime).',
          sources.multiAz,
        ),
      ]
    }),
}

export const engine: Check<DoctorFacts> = {
  name: 'engine',
  question: 'Is the engine that of repoint.json?',
  judge: ({ database, settings }) =>
    whenKnown([database], found => {
      const isOther = settings.engine === 'other' && /^(docdb|neptune)/.test(found.engine)
      if (found.engine === 'proxy' || isOther || found.engine.startsWith(settings.engine)) {
        return [ok(`The engine is ${found.engine}.`)]
      }
      return [
        notice(
          `The engine is ${found.engine}, repoint.json has ${settings.engine}: health checks are chosen by it.`,
          'Correct engine in repoint.json.',
        ),
      ]
    }),
}
