import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** Waits for what the lab does by itself. @throws Error when it does not come. */
export const eventually = async (isTrue: () => boolean, patienceMs = 20_000): Promise<void> => {
  const end = performance.now() + patienceMs
  while (!isTrue()) {
    if (performance.now() > end) throw new Error('it did not come to pass')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
