import { type Milestone, type MilestoneName, milestones, type Outage, type Phase, type Probe } from './record/words.ts'

/** One attempt of a client. Times in milliseconds since the failover was begun. */
export interface Attempt {
  readonly atMs: number
  readonly tookMs: number
  /** Absent where it worked. */
  readonly error?: string
}

/**
 * From the start of the first attempt that failed to the end of the first that worked again: what a client sees. Attempts
 * may overlap, so that one which began before the outage and ended in it does not end it.
 */
export const findOutages = (attempts: readonly Attempt[]): Outage[] => {
  const outages: { fromMs: number; toMs?: number; errors: Record<string, number> }[] = []
  let current: (typeof outages)[number] | undefined
  for (const { atMs, tookMs, error } of attempts.toSorted((a, b) => a.atMs - b.atMs)) {
    if (error === undefined) {
      if (current) current.toMs = atMs + tookMs
      current = undefined
      continue
    }
    if (!current) {
      current = { fromMs: atMs, errors: {} }
      outages.push(current)
    }
    current.errors[error] = (current.errors[error] ?? 0) + 1
  }
  return outages
}

/** What a record says of a probe beside its attempts. */
export type ProbeAbout = Omit<Probe, 'attempts' | 'errorKinds' | 'outages'>

/** Packs attempts as a record keeps them. */
export const probeOf = (about: ProbeAbout, attempts: readonly Attempt[]): Probe => {
  const sorted = attempts.toSorted((a, b) => a.atMs - b.atMs)
  const errorKinds = [...new Set(sorted.flatMap(({ error }) => error ?? []))]
  return {
    ...about,
    attempts: {
      atMs: sorted.map(({ atMs }) => Math.round(atMs)),
      tookMs: sorted.map(({ tookMs }) => Math.round(tookMs)),
      error: sorted.map(({ error }) => (error === undefined ? 0 : errorKinds.indexOf(error) + 1)),
    },
    errorKinds,
    outages: findOutages(sorted).map(({ fromMs, toMs, errors }) => ({
      fromMs: Math.round(fromMs),
      ...(toMs === undefined ? {} : { toMs: Math.round(toMs) }),
      errors,
    })),
  }
}

export const attemptsOf = ({ attempts, errorKinds }: Probe): Attempt[] =>
  attempts.atMs.map((atMs, index) => {
    const error = errorKinds[(attempts.error[index] ?? 0) - 1]
    return { atMs, tookMs: attempts.tookMs[index] ?? 0, ...(error === undefined ? {} : { error }) }
  })

export interface ProbeFigures {
  readonly attempts: number
  readonly failures: number
  readonly longestOutageMs: number
  /** More than the longest when attempts worked and failed by turns. */
  readonly totalOutageMs: number
  /** Still failing at the end. */
  readonly isDown: boolean
  readonly errors: Readonly<Record<string, number>>
  /** Of the attempts that worked; absent where none did. */
  readonly medianMs: number | undefined
  readonly slowestMs: number | undefined
}

export const figuresOf = (probe: Probe, endedMs: number): ProbeFigures => {
  const attempts = attemptsOf(probe)
  const lengths = probe.outages.map(({ fromMs, toMs = endedMs }) => toMs - fromMs)
  const worked = attempts.filter(({ error }) => error === undefined).map(({ tookMs }) => tookMs)
  worked.sort((a, b) => a - b)
  const errors: Record<string, number> = {}
  for (const { error } of attempts) if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1
  return {
    attempts: attempts.length,
    failures: attempts.length - worked.length,
    longestOutageMs: Math.max(0, ...lengths),
    totalOutageMs: lengths.reduce((sum, length) => sum + length, 0),
    isDown: probe.outages.at(-1) !== undefined && probe.outages.at(-1)?.toMs === undefined,
    errors,
    medianMs: worked[Math.floor(worked.length / 2)],
    slowestMs: worked.at(-1),
  }
}

/** What is waited for until a milestone comes. Load balancers let clients in before or after their health checks agree. */
const nameOf = (until: MilestoneName, reached: ReadonlySet<MilestoneName>, keeper: string): string => {
  if (until === 'writer-ready') return 'Database fails over'
  if (until === 'dns-changed') return 'DNS follows'
  if (until === 'registered') return `${keeper} reacts`
  if (until === 'healthy') return reached.has('client-works') ? 'Health checks agree' : 'Load balancer takes it in'
  return reached.has('registered') && !reached.has('healthy') ? 'Load balancer takes it in' : 'Clients come back'
}

/**
 * The way from the failover to a working client, cut at its milestones in the order in which they came. What never came
 * follows as one phase without an end. `keeper`: who is to register the new writer.
 */
export const phasesBetween = (milestonesSeen: readonly Milestone[], keeper = 'Repoint'): Phase[] => {
  const came = milestonesSeen
    .filter((one): one is Milestone & { atMs: number } => one.atMs !== undefined)
    .toSorted((a, b) => a.atMs - b.atMs || milestones.indexOf(a.name) - milestones.indexOf(b.name))
  const reached = new Set<MilestoneName>()
  const phases: Phase[] = []
  let fromMs = 0
  for (const { name, atMs } of came) {
    const toMs = Math.max(fromMs, atMs)
    phases.push({ name: nameOf(name, reached, keeper), until: name, fromMs, toMs })
    reached.add(name)
    fromMs = toMs
  }
  const missing = milestones.find(name => milestonesSeen.some(one => one.name === name && one.atMs === undefined))
  if (missing) phases.push({ name: nameOf(missing, reached, keeper), until: missing, fromMs })
  return phases
}
