import type { AlarmState } from '../facts/alarms.ts'
import type { DatabaseStatus, UnknownStatus } from '../facts/database-status.ts'
import { required } from '../facts/gathered.ts'
import type { Wake } from '../facts/wake.ts'
import { type Check, type Finding, type Judgement, judgeAll, problem, whenKnown } from './finding.ts'
import { judgeTargets } from './registrations.ts'

type AttentionFacts = Pick<DatabaseStatus, 'database' | 'alarms' | 'wake' | 'frontDoors'>

const alarms: Check<Pick<AttentionFacts, 'alarms'>> = {
  name: 'alarms',
  question: 'Is an alarm of the stack in alarm?',
  judge: facts =>
    whenKnown([required(facts.alarms)], all => all.filter(({ state }) => state === 'ALARM').map(judgeAlarm)),
}

const judgeAlarm = ({ name }: AlarmState): Judgement =>
  problem(`The alarm ${name} is in alarm.`, `docs/runbook.md#${name}`)

const registrations: Check<AttentionFacts> = {
  name: 'registrations',
  question: 'Is a target registered, in use and healthy?',
  judge: ({ frontDoors, database }) =>
    frontDoors.flatMap(({ role, strategy, weight, registrations: held }) =>
      judgeTargets(
        held.map(({ stateReason, ...target }) => ({
          ...target,
          ...(stateReason === undefined ? {} : { reason: stateReason }),
        })),
        { role, strategy, weight, id: database },
      ),
    ),
}

const wakeUps: Check<AttentionFacts> = {
  name: 'wake-ups',
  question: 'Do events and schedule wake the function?',
  judge: ({ wake, database }) => whenKnown([required(wake)], found => judgeWake(found, database)),
}

const judgeWake = ({ pause, rules, schedule }: Wake, id: string): readonly Judgement[] => {
  const resume = `repoint resume --database ${id}`
  if (pause?.isOverdue) {
    return [problem(`The pause ended at ${pause.until} and was not resumed.`, resume)]
  }
  if (pause !== undefined) return []
  const off = [
    ...rules.filter(({ isEnabled }) => !isEnabled).map(({ name }) => `rule ${name}`),
    ...(schedule.isEnabled ? [] : [`schedule ${schedule.name}`]),
  ]
  return off.map(it => problem(`The ${it} is disabled.`, resume))
}

const attentionChecks: readonly Check<AttentionFacts>[] = [alarms, registrations, wakeUps]

export interface AttendedStatus extends DatabaseStatus {
  readonly attention: readonly Finding[]
}

/** Of a database that has only the gateway: no function keeps it, and its alarms ring all the same. */
export const attentionOfRetired = ({ alarms: own }: Pick<UnknownStatus, 'alarms'>): readonly Finding[] =>
  own === undefined ? [] : judgeAll([alarms], { alarms: own })

/** What somebody should look at; empty when all is well. */
export const attentionOf = (status: AttentionFacts): readonly Finding[] =>
  judgeAll(attentionChecks, status).filter(({ severity }) => severity !== 'ok')
