import { randomUUID } from 'node:crypto'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { openSession, type Writing } from '../facts/client/sql-attempt.ts'
import type { Door } from './door.ts'
import type { DrillPlan } from './intent.ts'
import type { Writes } from './seen.ts'

/** Straight to the endpoint, or through the first door where the endpoint cannot be reached from here. */
const plainSession = ({ database, doors: [door], probesEndpoint, detours, timeoutMs, sql }: DrillPlan, own: Dns) => {
  if (sql === undefined) throw new Error('there are no credentials')
  const place = probesEndpoint ? { host: database.endpoint, port: database.port } : door.place
  const dns = probesEndpoint ? own : (door.dns ?? own)
  return openSession({ dialect: sql.dialect, target: sql.target, route: { place, dns, detours, timeoutMs } })
}

/** Rows of their own for each door. */
export const prepareWritings = async (plan: DrillPlan, dns: Dns): Promise<ReadonlyMap<Door, Writing>> => {
  const writings = new Map<Door, Writing>()
  const table = plan.sql?.table
  if (table === undefined) return writings
  for (const door of plan.doors) writings.set(door, await prepareWriting(plan, dns, table))
  return writings
}

/** A table is made only when the user said so. @throws when it is not there. */
const prepareWriting = async (plan: DrillPlan, dns: Dns, table: string): Promise<Writing> => {
  const session = await plainSession(plan, dns)
  const run = randomUUID()
  try {
    if (plan.sql?.createsTable) await session.createTable(table)
    await session.numbers(table, run)
  } finally {
    session.close()
  }
  let last = 0
  return { table, run, next: () => ++last, acknowledged: new Set() }
}

/** Compares what was acknowledged with what is there, and takes the rows of this run away. */
export const readBack = async (plan: DrillPlan, dns: Dns, { table, run, acknowledged }: Writing): Promise<Writes> => {
  const session = await plainSession(plan, dns)
  try {
    const stored = new Set(await session.numbers(table, run))
    await session.forget(table, run)
    return { acknowledged: acknowledged.size, lost: [...acknowledged].filter(number => !stored.has(number)).length }
  } finally {
    session.close()
  }
}
