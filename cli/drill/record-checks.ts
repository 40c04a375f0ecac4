import type { Check, Probe, VerdictOutcome } from '../../report/record/words.ts'
import type { Gathered } from '../facts/gathered.ts'
import type { Door } from './door.ts'
import type { Seen, Writes } from './seen.ts'

/** What has to hold after a failover, of one door. */
export const checksOf = (
  { ending, isInPlace, journal, reports, writes: all, isWatching }: Seen,
  door: Door,
  probes: readonly Probe[],
): Check[] => {
  const isKept = door.kind === 'nlb'
  const writes = all.get(door)
  const flips = journal.moments.filter(({ lane }) => lane === 'dns')
  const down = probes.filter(({ outages }) => outages.length > 0 && outages.at(-1)?.toMs === undefined)
  const told = reports.filter(({ report }) => report.outcome === 'repointed')
  return [
    {
      what: 'the writer moved',
      holds: flips.length > 0,
      found:
        flips.map(({ fields }) => `${fields.from} to ${fields.ip}`).join(', then ') ||
        'DNS gave one answer all the time',
    },
    ...(isKept
      ? [{ what: 'the front door follows: the new writer is where it should be, and healthy', holds: isInPlace }]
      : []),
    {
      what: 'every client gets through in the end',
      holds: probes.length > 0 && down.length === 0,
      found: down.map(({ name }) => `still failing: ${name}`).join(', ') || 'yes',
    },
    { what: 'it ended steady', holds: ending === 'steady', found: ending },
    ...(isKept && (reports.length > 0 || !isWatching)
      ? [
          {
            what: 'Repoint reported the repoint',
            holds: told.length > 0,
            found: told.map(({ report }) => report.reason).join(', ') || 'no report in its log',
          },
        ]
      : []),
    ...(writes === undefined ? [] : [checkWrites(writes)]),
  ]
}

/** A check that could not be made does not hold, and says why it is not known. */
const checkWrites = (writes: Gathered<Writes>): Check => {
  const what = 'no acknowledged write is lost'
  if (writes.kind !== 'known') return { what, holds: false, isUnknown: true, found: `unknown: ${writes.why}` }
  const { acknowledged, lost } = writes.value
  // Nothing written proves nothing.
  if (acknowledged === 0) return { what, holds: false, isUnknown: true, found: 'unknown: no write was acknowledged' }
  return { what, holds: lost.length === 0, found: `${acknowledged} acknowledged, ${lost.length} lost` }
}

export const sentenceOf = ({ ending, database }: Seen, outcome: VerdictOutcome): string => {
  if (outcome === 'interrupted') return 'The drill was interrupted: what came after is not in this record.'
  if (outcome === 'passed') return `${database.id} failed over, and its front door followed.`
  if (ending === 'nothing happened') return `Nothing happened to ${database.id} while it was watched.`
  return `${database.id} failed over, and not everything that should have followed did.`
}
