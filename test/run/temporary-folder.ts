import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** All temporary files of a run, also those of its child processes, lie in one folder that goes with it. */
export const setup = (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'repoint-tests-'))
  // Database servers do not run as root: whoever runs them has to get through to their own folders.
  chmodSync(folder, 0o711)
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
