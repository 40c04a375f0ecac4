import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MigrationStep, readRecord } from '../../cli/facts/migration-record.ts'
import { buildReconciler } from '../../functions/build.ts'
import { openStandingLab, type StandingLab, type StandingOptions } from '../../lab/standing/standing-lab.ts'
import { type Ended, runProcess } from './doctor-lab.ts'

export interface LabWithCommand extends StandingLab {
  /** `repoint` as a process against this lab. */
  repoint(...args: readonly string[]): Promise<Ended>
  repointWith(
    environment: Readonly<Record<string, string | undefined>>,
    args: readonly string[],
    onStart?: (interrupt: () => void) => void,
  ): Promise<Ended>
}

/** A lab with the function as it is in the tree now, its writer registered and healthy. */
export const openLab = async (options: Omit<StandingOptions, 'codeFolder'> = {}): Promise<LabWithCommand> => {
  const codeFolder = await mkdtemp(join(tmpdir(), 'artefact-'))
  await buildReconciler({ outdir: codeFolder })
  const lab = await openStandingLab({ speed: 40, ...options, codeFolder })
  await lab.served()
  const repointWith: LabWithCommand['repointWith'] = (environment, args, onStart) =>
    runProcess(args, { ...lab.variables, ...environment }, onStart)
  return {
    ...lab,
    repointWith,
    repoint: (...args) => repointWith({}, args),
    close: async () => {
      await lab.close()
      await rm(codeFolder, { recursive: true, force: true })
    },
  }
}

/**
 * Steps of a record about the resources that the lab has now, which a preflight finds out.
 *
 * @returns a step of the consumer `analytics` that passed a moment ago
 */
export const recordedIn = async (lab: LabWithCommand) => {
  const file = lab.settingsFile.replace(/\.json$/, '.migration.json')
  const { stderr } = await lab.repoint('migrate', 'preflight', '-d', 'orders')
  if (!existsSync(file)) throw new Error(`preflight recorded nothing: ${stderr}`)
  const found = readRecord(file).steps.at(-1)
  const about = found?.kind === 'preflight' ? found.evidence?.about : undefined
  await rm(file)
  return (kind: 'preflight' | 'verify' | 'drill', changes: object = {}): MigrationStep =>
    ({
      at: new Date().toISOString(),
      by: 'jane',
      database: 'orders',
      consumer: 'analytics',
      kind,
      applied: kind === 'drill',
      outcome: 'passed',
      summary: 'well',
      evidence: { about, findings: [], ...(kind === 'verify' ? { paths: [] } : {}) },
      ...changes,
    }) as MigrationStep
}

/** Waits for what the lab does by itself. @throws Error when it does not come. */
export const eventually = async (isTrue: () => boolean, patienceMs = 20_000): Promise<void> => {
  const end = performance.now() + patienceMs
  while (!isTrue()) {
    if (performance.now() > end) throw new Error('it did not come to pass')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
