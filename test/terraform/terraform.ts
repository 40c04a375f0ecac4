import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs Terraform where it and the AWS provider are installed. Nothing is downloaded. */

export const moduleFolder = fileURLToPath(new URL('../../terraform', import.meta.url))

const provider = join('registry.terraform.io', 'hashicorp', 'aws')

/** Where providers are kept: Terraform's own folders, and what an administrator installs beside the system. */
const roots = [
  process.env.TF_PLUGIN_CACHE_DIR,
  join(homedir(), '.terraform.d'),
  '/usr/local/share/terraform',
  '/usr/share/terraform',
  '/opt',
]

const foldersOf = (folder: string): string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => join(folder, entry.name))
  } catch {
    return []
  }
}

const findPlugins = (): string | undefined =>
  roots
    .filter(root => root !== undefined)
    .flatMap(root => [root, ...foldersOf(root)])
    .find(folder => existsSync(join(folder, provider)))

export interface Terraform {
  readonly version: string
  readonly plugins: string
}

/** A sentence where it cannot be run. */
export const findTerraform = (): Terraform | string => {
  const { error, stdout } = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8', env: environment() })
  if (error) return 'terraform is not installed'
  const version: string = JSON.parse(stdout).terraform_version
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major === 1 && minor < 11) return `terraform ${version} is older than 1.11, which the tests need`
  const plugins = findPlugins()
  return plugins === undefined ? 'the AWS provider is not installed: see CONTRIBUTING.md' : { version, plugins }
}

/** Without a configuration file that is named and not there, about which every command would warn. */
const environment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { TF_CLI_CONFIG_FILE: file, ...env } = process.env
  return { ...env, ...(file !== undefined && existsSync(file) ? { TF_CLI_CONFIG_FILE: file } : {}), ...more }
}

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly stdout: string
}

export interface Copy {
  readonly folder: string
  run(...args: readonly string[]): Ended
  remove(): void
}

/** Texts by path. */
type Files = Readonly<Record<string, string>>

/** The module in a folder of its own, so that nothing is written beside the sources. */
export const copyModule = ({ plugins }: Terraform, subfolder = '.', files: Files = {}): Copy => {
  const root = mkdtempSync(join(tmpdir(), 'repoint-terraform-'))
  cpSync(moduleFolder, root, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const folder = join(root, subfolder)
  const run: Copy['run'] = (...args) => {
    const { status, stdout, stderr } = spawnSync('terraform', [`-chdir=${folder}`, ...args, '-no-color'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: environment({ TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' }),
    })
    return { code: status, stdout, output: stdout + stderr }
  }
  const copy = { folder, run, remove: () => rmSync(root, { recursive: true, force: true }) }
  const initialized = run('init', '-backend=false', `-plugin-dir=${plugins}`)
  if (initialized.code !== 0) throw new Error(initialized.output)
  return copy
}
