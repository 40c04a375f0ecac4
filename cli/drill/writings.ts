import { randomUUID } from 'node:crypto'
import type { Dns } from '../../functions/reconciler/ports.ts'
import { explain } from '../aws/explain.ts'
import { openSession, type Writing } from '../facts/client/sql-attempt.ts'
import { type Gathered, known, notKnown } from '../facts/gathered.ts'
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

/** A table is created only when the user asked for it. @throws when it does not exist */
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
  return { table, run, next: () => ++last, acknowledged: new Map() }
}

/**
 * Compares what was acknowledged with what is stored, and deletes the rows of this run. What cannot be read back is not
 * known, and the rows that stay are named.
 */
export const readBack = async (plan: DrillPlan, dns: Dns, writing: Writing): Promise<Gathered<Writes>> => {
  const { table, run, acknowledged } = writing
  const rows = `the rows of run ${run} stay in ${table}`
  try {
    const session = await plainSession(plan, dns)
    try {
      const stored = new Set(await session.numbers(table, run))
      const lost = [...acknowledged].filter(([number]) => !stored.has(number))
      const left = await session.forget(table, run).then(
        () => undefined,
        (error: unknown) => `${rows}: ${explain(error).message}`,
      )
      return known({
        acknowledged: acknowledged.size,
        lost: lost.map(([number, atMs]) => ({ number, atMs })),
        ...(left === undefined ? {} : { left }),
      })
    } finally {
      session.close()
    }
  } catch (error) {
    return notKnown(`${explain(error).message}; ${rows}`)
  }
}

/** After an interruption nothing is read back: only where the rows are is known. */
export const notReadBack = ({ table, run }: Writing): Gathered<Writes> =>
  notKnown(`the drill was interrupted; the rows of run ${run} stay in ${table}`)
