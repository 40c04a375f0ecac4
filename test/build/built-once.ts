import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Artefact, buildReconciler } from '../../functions/build.ts'

let built: Promise<Artefact> | undefined

const build = async (): Promise<Artefact> => {
  const folder = await mkdtemp(join(tmpdir(), 'repoint-built-'))
  return buildReconciler({ outdir: join(folder, 'reconciler'), warn: () => {} })
}

/** The function as it is deployed, for test files that only read it. Its folder goes with the run's temporary files. */
export const builtOnce = (): Promise<Artefact> => {
  built ??= build()
  return built
}
