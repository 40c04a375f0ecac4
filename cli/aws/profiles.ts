import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Sections of the configuration that are no profiles have another word there, such as `sso-session`. */
const inConfig = /^\s*\[\s*(?:profile\s+['"]?([^\]'"]+)['"]?|(default))\s*\]/gm
const inCredentials = /^\s*\[\s*['"]?([^\]'"]+?)['"]?\s*\]/gm

/**
 * Asking AWS with a profile that is not there ends in many ways, none of which names it.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * @throws UsageError where neither file has it
 */
export const requireProfile = (profile: string | undefined, env: Environment): void => {
  const name = profile ?? env.AWS_PROFILE
  if (name === undefined || name === '') return
  const files = [
    { file: env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config'), section: inConfig },
    { file: env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials'), section: inCredentials },
  ]
  const known = new Set(files.flatMap(({ file, section }) => profilesOf(file, section)))
  if (known.has(name)) return
  const option = profile === undefined ? 'AWS_PROFILE' : '--profile'
  const where = files.map(({ file }) => file).join(' or ')
  const has = known.size === 0 ? 'there are none' : `there are ${[...known].sort().join(', ')}`
  throw new UsageError(`${option}: there is no profile ${name} in ${where}; ${has}.`)
}

/** A file that is not there, or may not be read, has none that could be used. */
const profilesOf = (file: string, section: RegExp): string[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return [...text.matchAll(section)].map(([, name = '', standard]) => standard ?? name.trim())
}
