import { loggedIn, unfollowed } from './migration-log.ts'
import { migrationMoments } from './migration-moments.ts'
import { isInFailover } from './migration-passages.ts'
import { seconds } from './run-queries.ts'
import type { Expectation, RunRecord } from './scenario.ts'

interface Met {
  readonly readsOk: number
  readonly isWorking: boolean
  readonly outagesAtMs: readonly number[]
}

/** What a cluster's migration promises to the clients of its readers. */
export const readersExpectations = (record: RunRecord): Expectation[] => {
  const of = (what: string) => record.moments.find(moment => moment.what === what)
  const met = of(migrationMoments.readers)?.fields as unknown as Met | undefined
  const stray = (met?.outagesAtMs ?? []).filter(ms => !isInFailover(record, ms))
  const { all, astray } = loggedIn(record, 'readers')
  const lost = unfollowed(record)
  const movedAtMs = of(migrationMoments.readersMove)?.atMs
  const sharedAtMs = record.moments.find(
    it => it.what === migrationMoments.deployed && it.fields.stage === 'shift',
  )?.atMs
  return [
    {
      what: 'the readers’ clients move before the first share, and nothing fails them outside the failovers',
      holds:
        met !== undefined &&
        met.readsOk > 0 &&
        stray.length === 0 &&
        movedAtMs !== undefined &&
        sharedAtMs !== undefined &&
        movedAtMs < sharedAtMs,
      found: `${met?.readsOk ?? 0} reads${stray.map(ms => `, down at ${seconds(ms)}`).join('')}`,
    },
    { what: 'the readers’ clients work in the end', holds: met?.isWorking === true },
    {
      what: 'the access log shows each connection of the readers’ name at a reader of its moment',
      holds: all > 0 && astray.length === 0,
      found: `${all} connections${astray.map(({ ip, fromMs }) => `, ${ip} at ${seconds(fromMs)}`).join('')}`,
    },
    {
      what: 'after each failover the log shows the writer’s name at the new writer, and the readers’ at another member',
      holds: lost.length === 0,
      ...(lost.length > 0 ? { found: `not after ${lost.map(({ atMs }) => seconds(atMs)).join(', ')}` } : {}),
    },
  ]
}
