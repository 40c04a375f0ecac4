import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Asking AWS with a profile that is not there ends in many ways, none of which names it.
 *
 * @throws UsageError where neither file has it
 */
export const requireProfile = (profile: string | undefined, env: Environment, source = '--profile'): void => {
  const name = profile ?? env.AWS_PROFILE
  if (name === undefined || name === '') return
  const { configFile, credentialsFile } = filesOf(env)
  // Sections of the configuration that are no profiles have another word there, such as `sso-session`.
  const inConfig = [...sectionsOf(configFile).keys()].flatMap(section =>
    section === 'default' ? section : (/^profile (.*)$/.exec(section)?.slice(1) ?? []),
  )
  const known = new Set([...inConfig, ...sectionsOf(credentialsFile).keys()])
  if (known.has(name)) return
  const option = profile === undefined ? 'AWS_PROFILE' : source
  const where = `${configFile} or ${credentialsFile}`
  const has = known.size === 0 ? 'there are none' : `there are ${[...known].sort().join(', ')}`
  throw new UsageError(`${option}: there is no profile ${name} in ${where}; ${has}.`)
}

/** Where calls go that would go to AWS. */
export interface ConfiguredEndpoint {
  /** The variable, or the key of which profile. */
  readonly setting: string
  readonly url: string
}

const key = 'endpoint_url'

/**
 * What leads the SDK's calls elsewhere, in its own order: the environment's variables, then the acting profile's services
 * and its `endpoint_url`. The acting profile is the environment's: `--profile` names whose credentials to use, and the SDK
 * (3.1169) reads no endpoint from that.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export const endpointsOf = (env: Environment): readonly ConfiguredEndpoint[] => {
  const { configFile, credentialsFile } = filesOf(env)
  const name = env.AWS_PROFILE || 'default'
  const config = sectionsOf(configFile)
  const own = config.get(name === 'default' ? name : `profile ${name}`)
  const profile = new Map([...(sectionsOf(credentialsFile).get(name) ?? []), ...(own ?? [])])
  const isIgnored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.get('ignore_configured_endpoint_urls')
  if (isIgnored === 'true') return []

  const variables = Object.entries(env).flatMap(([setting, url]) =>
    url && /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(setting) ? [{ setting, url }] : [],
  )
  if (env.AWS_ENDPOINT_URL) return variables
  const services = [...(config.get(`services ${profile.get('services')}`) ?? [])]
  const ofServices = services.filter(([setting]) => setting.endsWith(`.${key}`))
  const ofAll = [...profile].filter(([setting]) => setting === key)
  const ofProfile = [...ofServices, ...ofAll].map(([setting, url]) => ({
    setting: `${setting} of the profile ${name}`,
    url,
  }))
  return [...variables, ...ofProfile]
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html */
const filesOf = (env: Environment) => ({
  configFile: pathOf(env.AWS_CONFIG_FILE || '~/.aws/config'),
  credentialsFile: pathOf(env.AWS_SHARED_CREDENTIALS_FILE || '~/.aws/credentials'),
})

const pathOf = (file: string): string => (file.startsWith('~/') ? join(homedir(), file.slice(2)) : file)

type Section = ReadonlyMap<string, string>

/**
 * The sections by their names without quotes, such as `profile lab`; the settings in a block by both names, such as
 * `rds.endpoint_url`. A file that is not there, or may not be read, has none that could be used.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
const sectionsOf = (file: string): ReadonlyMap<string, Section> => {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let block = ''
  for (const line of textOf(file).split(/\r?\n/)) {
    const [text = ''] = line.split(/(?:^|\s)[;#]/)
    const title = /^\[(.*)\]$/.exec(text.trim())?.[1]
    if (title !== undefined) {
      const name = title.replace(/['"]/g, '').trim().replace(/\s+/, ' ')
      section = sections.get(name) ?? new Map()
      sections.set(name, section)
      block = ''
      continue
    }
    const [setting = '', ...rest] = text.split('=')
    if (section === undefined || setting.trim() === '' || rest.length === 0) continue
    const value = rest.join('=').trim()
    if (!/^\s/.test(line)) block = ''
    if (value === '') block = `${setting.trim()}.`
    else section.set(`${block}${setting.trim()}`, value)
  }
  return sections
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
