import { chmodSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** All temporary files of a run, also those of its child processes, lie in one folder that goes with it. */
export const setup = (): (() => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'repoint-tests-'))
  // Database servers do not run as root: whoever runs them has to get through to their own folders.
  chmodSync(folder, 0o711)
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder
  // Workers that end remove theirs at the same time, on which `rmSync` stops without a word.
  return () => rm(folder, { recursive: true, force: true, maxRetries: 10 })
}
