import { alarmName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { everyPage } from './every-page.ts'

export interface AlarmState {
  /** Without the database's prefix: `dead-letters`, as the runbook has it. */
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly sinceMs?: number
  readonly why?: string
}

/** The alarms of the databases in one Region. A fleet's are read together: AWS takes nine such calls a second. */
export const readAlarms = async (
  clients: Clients,
  databases: readonly DatabaseSettings[],
): Promise<ReadonlyMap<string, readonly AlarmState[]>> => {
  const [only] = databases
  const prefix = databases.length === 1 && only !== undefined ? alarmName(only, '') : 'repoint-'
  const cloudWatch = await clients.cloudWatch()
  const byDatabase = new Map<string, AlarmState[]>(databases.map(({ id }) => [id, []]))
  // The longest id first: `orders-eu` owns `repoint-orders-eu-refused`, not `orders`.
  const owners = [...databases].sort((a, b) => b.id.length - a.id.length)
  const found = await everyPage('MetricAlarms', NextToken =>
    cloudWatch.describeAlarms({ AlarmNamePrefix: prefix, MaxRecords: 100, NextToken }),
  )
  for (const alarm of found) {
    const name = alarm.AlarmName ?? ''
    const owner = owners.find(database => name.startsWith(alarmName(database, '')))
    if (owner === undefined) continue
    byDatabase.get(owner.id)?.push({
      name: name.slice(alarmName(owner, '').length),
      state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
      ...(alarm.StateUpdatedTimestamp && { sinceMs: alarm.StateUpdatedTimestamp.getTime() }),
      ...(alarm.StateReason && { why: alarm.StateReason }),
    })
  }
  return byDatabase
}
