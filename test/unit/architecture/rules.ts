import type { Import, Source } from './source.ts'
import { lineAt } from './source.ts'

/** A rule finds what breaks it, as `file:line what`. */
export interface Rule {
  readonly name: string
  readonly check: (sources: readonly Source[]) => string[]
}

const reconciler = 'functions/reconciler'
const inCore = new RegExp(`^${reconciler}/core/`)
const inAdapters = new RegExp(`^${reconciler}/adapters/`)
const inReconciler = new RegExp(`^${reconciler}/`)
const wiring = new RegExp(`^${reconciler}/(wire|handler|prime)\\.ts$`)
/** Words without behaviour, which whoever deploys, watches or rehearses the function shares with it. */
const words = new RegExp(`^${reconciler}/(names|rds-event-catalogue|core/reasons)\\.ts$`)

/** The grammar of the configuration, which a deployment's settings are made of. */
const configuration = new RegExp(`^${reconciler}/config(\\.ts$|/)`)

/** The one table of AWS error codes: data and a pure function, which each audience makes its sentences over. */
const awsErrors = `${reconciler}/adapters/aws-errors.ts`

/** A thousand functions in one process and on one clock: no artefact can be run like that. */
const fleetBench = /^lab\/bench\/fleet-/

/** Somebody else's function, which the lab runs for comparison. */
const peer = 'lab/rehearsal/peer.ts'

const matches = (...patterns: RegExp[]) => {
  return (text: string): boolean => patterns.some(pattern => pattern.test(text))
}

const files = (sources: readonly Source[], isMeant: (path: string) => boolean) =>
  sources.filter(({ path }) => isMeant(path))

/** Of the files that are meant, every import is one that is allowed. */
const imports = (
  name: string,
  isMeant: (path: string) => boolean,
  isAllowed: (target: string, found: Import) => boolean,
): Rule => ({
  name,
  check: sources =>
    files(sources, isMeant).flatMap(({ path, imports: all }) =>
      all
        .filter(found => !isAllowed(found.target, found))
        .map(({ line, target }) => `${path}:${line} imports ${target}`),
    ),
})

/** No file that is meant has this in its code, save its one home. */
const code = (name: string, pattern: RegExp, isMeant: (path: string) => boolean, home?: string): Rule => ({
  name,
  check: sources =>
    files(sources, path => isMeant(path) && path !== home).flatMap(source =>
      [...source.code.matchAll(new RegExp(pattern, 'g'))].map(
        found => `${source.path}:${lineAt(source.code, found.index)} has ${found[0].replace(/\s+/g, ' ')}`,
      ),
    ),
})

/** No file that is meant, or no folder (`groupOf`), leads back to itself by its imports, types included. */
const noCircle = (
  name: string,
  isMeant: (path: string) => boolean,
  groupOf: (path: string) => string = path => path,
): Rule => ({
  name,
  check: sources => {
    const targets = new Map<string, string[]>()
    for (const { path, imports: all } of files(sources, isMeant)) {
      const others = all.filter(it => isMeant(it.target)).map(it => groupOf(it.target))
      const own = targets.get(groupOf(path)) ?? []
      targets.set(groupOf(path), [...own, ...others.filter(other => other !== groupOf(path))])
    }
    const reachable = (from: string): ReadonlySet<string> => {
      const reached = new Set<string>()
      const open = [...(targets.get(from) ?? [])]
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (reached.has(next)) continue
        reached.add(next)
        open.push(...(targets.get(next) ?? []))
      }
      return reached
    }
    return [...targets.keys()]
      .filter(path => reachable(path).has(path))
      .map(path => `${path} imports itself in a circle`)
  },
})

/** Files of the same name in several places, where each has a meaning of its own. */
const namedOnce = (name: string, isMeant: (path: string) => boolean): Rule => ({
  name,
  check: sources => {
    const byName = Map.groupBy(files(sources, isMeant), ({ path }) => path.split('/').at(-1) ?? '')
    return [...byName.values()].filter(same => same.length > 1).map(same => same.map(({ path }) => path).join(' and '))
  },
})

/** Whose file is part of the package, or the SDK's to read as well. */
const ownFiles = /^(cli\/(program|aws\/profiles)\.ts|cli\/reference\/|infra\/app\/app\.ts)/

const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/')

const anything = () => true
/** The one list of what others import: a CDK app takes the constructs from one place. */
const library = 'infra/index.ts'

const product = matches(/^(functions|infra|lab|cli|report)\//)
const isSdk = matches(/^@(aws-sdk|smithy)\//)
const isPowertools = matches(/^@aws-lambda-powertools\//, /^@middy\//)

export const rules: readonly Rule[] = [
  imports('core imports core and node:net alone', matches(inCore), matches(inCore, /^node:net$/)),
  code(
    'core is pure: no waiting, no clock, no environment, no console',
    /\b(async|await|Promise|Date|console|process|setTimeout|fetch)\b|\bMath\s*\.\s*random\b|\bimport\s*\(/,
    matches(inCore),
  ),
  imports(
    'adapters import ports, core, names, each other, the SDK, Powertools and Node',
    matches(inAdapters),
    matches(
      inCore,
      inAdapters,
      /^functions\/reconciler\/(ports|names)\.ts$/,
      /^@aws-(sdk|lambda-powertools)\//,
      /^node:/,
    ),
  ),
  imports(
    'only adapters know the AWS SDK',
    path => matches(/^(functions|lab)\//)(path) && !inAdapters.test(path) && path !== peer,
    target => !isSdk(target),
  ),
  imports(
    'the command line makes its AWS clients in cli/aws, and takes of the SDK only types elsewhere',
    path => path.startsWith('cli/') && !path.startsWith('cli/aws/'),
    (target, { isType }) => !isSdk(target) || isType,
  ),
  imports(
    'only adapters and the wiring know Powertools and middy',
    path => product(path) && !inAdapters.test(path) && !wiring.test(path),
    target => !isPowertools(target),
  ),
  imports(
    'the table of AWS errors stands for itself',
    path => path === awsErrors,
    () => false,
  ),
  imports(
    'only the wiring knows the adapters',
    path => inReconciler.test(path) && !inAdapters.test(path) && !wiring.test(path),
    target => !inAdapters.test(target),
  ),
  imports(
    'the reconciler imports itself and packages alone',
    matches(inReconciler),
    target => inReconciler.test(target) || !/^(functions|infra|lab|cli|test)\//.test(target),
  ),
  imports(
    'infra imports of the function its words, its configuration and the table of AWS errors',
    matches(/^infra\//),
    target => !/^functions\//.test(target) || words.test(target) || configuration.test(target) || target === awsErrors,
  ),
  imports(
    'the lab runs the artefact: it imports of the function its words and its build, save the benchmark of a fleet',
    path => path.startsWith('lab/') && !fleetBench.test(path),
    target => !/^functions\//.test(target) || words.test(target) || /^functions\/build(\.ts|\/)/.test(target),
  ),
  imports(
    'the lab synthesizes: it imports of infra the app, its names, the stages, and what guards them',
    matches(/^lab\//),
    target =>
      !/^infra\//.test(target) ||
      [
        'infra/app/app.ts',
        'infra/app/settings/resource-names.ts',
        'infra/app/settings/stages.ts',
        'infra/custom-resources/stage-decisions.ts',
        'infra/visible.ts',
      ].includes(target),
  ),
  noCircle('the lab has no import circles', matches(/^lab\//)),
  noCircle('the folders of the lab have no import circles', matches(/^lab\/[^/]+\//), folderOf),
  namedOnce('no two files of the lab have the same name', matches(/^lab\//)),
  imports(
    "the lab's API shows and changes what other parts do: it opens none of them",
    matches(/^lab\/api\//),
    (target, { isType }) =>
      !/^lab\/(cloud|rehearsal|scenarios|standing|template|client|consumer|gateway)\//.test(target) || isType,
  ),
  imports('nothing else imports infra', matches(/^functions\//), target => !/^infra\//.test(target)),
  imports(
    'the command line imports of infra the settings, what they make of the configuration, and the permissions',
    matches(/^cli\//),
    target =>
      !/^infra\//.test(target) ||
      /^infra\/(app\/settings(\.ts|\/)|constructs\/reconciler-config\.ts|permissions\.ts|changes\.ts|visible\.ts)/.test(
        target,
      ),
  ),
  imports(
    'the report stands for itself',
    matches(/^report\//),
    target => !/^(functions|infra|lab|cli)\//.test(target) && !isSdk(target),
  ),
  imports('nothing imports the lab', matches(/^(functions|infra|cli)\//), target => !/^lab\//.test(target)),
  imports('no product imports a test', product, target => !/^test\//.test(target)),

  noCircle('the function has no import circles', matches(/^functions\//)),
  noCircle('the command line has no import circles', matches(/^cli\//)),

  code('no default export', /\bexport\s+default\b|\bas\s+default\b/, path => !path.endsWith('.config.ts')),
  code('no barrel', /\bexport\s+(type\s+)?(\*|\{[^}]*\})[\w\s]*\bfrom\b/, path => path !== library),
  {
    name: 'files have kebab-case names that say something',
    check: sources =>
      sources
        .map(({ path }) => path)
        .filter(
          path =>
            !/\/[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.m?[jt]s$/.test(path) ||
            (/\/(index\.ts|(utils?|helpers?)\.m?[jt]s)$/.test(path) && path !== library),
        ),
  },
  code(
    'the environment is read in handler.ts alone',
    /\bprocess\s*\.\s*env\b/,
    matches(inReconciler),
    `${reconciler}/handler.ts`,
  ),
  code(
    'the clock is read in system-clock.ts alone',
    /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\s*\.\s*now\b|\bMath\s*\.\s*random\b/,
    matches(inReconciler),
    `${reconciler}/adapters/system-clock.ts`,
  ),
  code(
    'AWS clients are made in clients.ts, and those that are loaded on demand beside their adapter',
    /\bnew\s+\w+Client\b/,
    path => inReconciler.test(path) && !/adapters\/(clients|ec2|rds)\.ts$/.test(path),
  ),
  code('temporary files have a folder that mkdtemp makes', /(?<!\bmkdtemp(Sync)?\(join\()\btmpdir\(\)/, anything),
  code(
    'what a user names is read within a bound: by readText',
    /\breadFileSync\b/,
    path => /^(cli|infra\/app|report)\//.test(path) && !ownFiles.test(path),
  ),
  code(
    'the lab writes to a terminal in say.ts alone, through the filter',
    /\bconsole\s*\.|\bprocess\s*\.\s*std(out|err)\s*\.\s*write\((?!'')/,
    matches(/^lab\//),
    'lab/say.ts',
  ),
  code('code is cached in a folder of our own', /\benableCompileCache\(\s*\)/, anything),
  code('names are resolved by DNS, never by the operating system', /\blookup\b/, matches(inReconciler)),
]

/** Half of the files have no more lines than this. */
export const medianOf = (sources: readonly Source[]): number => {
  const sorted = sources.map(({ lines }) => lines).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
