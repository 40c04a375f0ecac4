import { describe, expect, it } from 'vitest'
import { cliRules } from './architecture/cli-layout.ts'
import { rules as commonRules, medianOf } from './architecture/rules.ts'
import { parseSource, readSources, type Source } from './architecture/source.ts'

const rules = [...commonRules, ...cliRules]
const folders = ['cli', 'functions', 'infra', 'lab', 'release', 'report', 'test']
const sources = readSources(folders)

describe('the architecture', () => {
  it.each(rules)('$name', ({ check }) => {
    expect(check(sources)).toEqual([])
  })

  it.each(['cli', 'functions', 'infra', 'lab', 'report'])('half of the files of %s have at most 126 lines', folder => {
    expect(medianOf(sources.filter(({ path }) => path.startsWith(`${folder}/`)))).toBeLessThanOrEqual(126)
  })

  it('is looked for where it is', () => {
    const paths = sources.map(({ path }) => path)

    expect(paths).toContain('functions/reconciler/core/plan.ts')
    expect(paths).toContain('functions/reconciler/adapters/nlb.ts')
    expect(paths).toContain('lab/model.ts')
  })
})

const complaints = (name: string, path: string, text: string): string[] => {
  const rule = rules.find(rule => rule.name === name)
  if (rule === undefined) throw new Error(`no rule is called ${name}`)
  return rule.check([parseSource(path, text)])
}

describe('a rule fails', () => {
  it.each([
    ['core imports core and node:net alone', 'functions/reconciler/core/plan.ts', "import { a } from '../ports.ts'"],
    [
      'core imports core and node:net alone',
      'functions/reconciler/core/plan.ts',
      "import type { a } from '../names.ts'",
    ],
    ['core imports core and node:net alone', 'functions/reconciler/core/plan.ts', "import dns from 'node:dns'"],
    [
      'core is pure: no waiting, no clock, no environment, no console',
      'functions/reconciler/core/plan.ts',
      'export const now = () => Date.now()',
    ],
    [
      'core is pure: no waiting, no clock, no environment, no console',
      'functions/reconciler/core/plan.ts',
      'export const plan = async () => []',
    ],
    [
      'adapters import ports, core, names, each other, the SDK, Powertools and Node',
      'functions/reconciler/adapters/nlb.ts',
      "import { reconcile } from '../reconcile.ts'",
    ],
    ['only adapters know the AWS SDK', 'functions/reconciler/apply.ts', "import '@aws-sdk/client-rds'"],
    ['only adapters know the AWS SDK', 'lab/api/rds.ts', "const rds = await import('@aws-sdk/client-rds')"],
    [
      'only adapters and the wiring know Powertools and middy',
      'functions/reconciler/report.ts',
      "import type { Logger } from '@aws-lambda-powertools/logger'",
    ],
    [
      'only the wiring knows the adapters',
      'functions/reconciler/observe.ts',
      "import { createDns } from './adapters/dns.ts'",
    ],
    [
      'the table of AWS errors stands for itself',
      'functions/reconciler/adapters/aws-errors.ts',
      "import { AwsError } from '../ports.ts'",
    ],
    [
      'the reconciler imports itself and packages alone',
      'functions/reconciler/watch.ts',
      "import { delays } from '../../lab/delays.ts'",
    ],
    [
      'infra imports of the function its words, its configuration and the table of AWS errors',
      'infra/app/database-stack.ts',
      "import type { Ports } from '../../functions/reconciler/ports.ts'",
    ],
    [
      'infra imports of the function its words, its configuration and the table of AWS errors',
      'infra/app/database-stack.ts',
      "import { plan } from '../../functions/reconciler/core/plan.ts'",
    ],
    [
      'the lab runs the artefact: it imports of the function its words and its build, save the benchmark of a fleet',
      'lab/nlb/target-group.ts',
      "import type { Target } from '../../functions/reconciler/core/model.ts'",
    ],
    [
      'the lab synthesizes: it imports of infra the app, its names, the stages, and what guards them',
      'lab/template/deployment.ts',
      "import { settings } from '../../infra/app/settings.ts'",
    ],
    [
      "the lab's API shows and changes what other parts do: it opens none of them",
      'lab/api/services.ts',
      "import { openCloud } from '../cloud/cloud.ts'",
    ],
    ['nothing else imports infra', 'functions/build.ts', "import { app } from '../infra/app/app.ts'"],
    [
      'the command line imports of infra the settings, what they make of the configuration, and the permissions',
      'cli/main.ts',
      "import { app } from '../infra/app/app.ts'",
    ],
    [
      'the command line makes its AWS clients in cli/aws, and takes of the SDK only types elsewhere',
      'cli/commands/status.ts',
      "import { RDS } from '@aws-sdk/client-rds'",
    ],
    ['the report stands for itself', 'report/page.ts', "import type { Moment } from '../lab/model.ts'"],
    ['nothing imports the lab', 'infra/app.ts', "import '../lab/main.ts'"],
    ['no product imports a test', 'lab/main.ts', "import { aWorld } from '../test/fakes/world.ts'"],
    ['no default export', 'lab/main.ts', 'const a = 1\nexport default a'],
    ['no default export', 'lab/main.ts', 'const a = 1\nexport { a as default }'],
    ['no barrel', 'lab/api/all.ts', "export * from './rds.ts'"],
    ['no barrel', 'lab/api/all.ts', "export type { Rds } from './rds.ts'"],
    ['files have kebab-case names that say something', 'lab/api/targetGroup.ts', ''],
    ['files have kebab-case names that say something', 'lab/api/index.ts', ''],
    ['the environment is read in handler.ts alone', 'functions/reconciler/wire.ts', 'const { A } = process.env'],
    ['the clock is read in system-clock.ts alone', 'functions/reconciler/watch.ts', 'const at = Date.now()'],
    ['the clock is read in system-clock.ts alone', 'functions/reconciler/watch.ts', 'const at = new Date()'],
    [
      'AWS clients are made in clients.ts, and those that are loaded on demand beside their adapter',
      'functions/reconciler/wire.ts',
      'const rds = new RDSClient({})',
    ],
    [
      'names are resolved by DNS, never by the operating system',
      'functions/reconciler/adapters/dns.ts',
      "import { lookup } from 'node:dns/promises'",
    ],
    ['temporary files have a folder that mkdtemp makes', 'lab/a.ts', "const file = join(tmpdir(), 'repoint')"],
    ['the lab writes to a terminal in say.ts alone, through the filter', 'lab/main.ts', 'process.stdout.write(found)'],
    ['the lab writes to a terminal in say.ts alone, through the filter', 'lab/bench/bench.ts', 'console.log(found)'],
    ['code is cached in a folder of our own', 'cli/repoint.mjs', 'nodeModule.enableCompileCache()'],
  ])('%s: %s with `%s`', (name, path, text) => {
    expect(complaints(name, path, `/** A comment. */\n${text}\n`)).toHaveLength(1)
  })

  it('for two files that import each other, types included', () => {
    const rule = rules.find(({ name }) => name === 'the function has no import circles')
    const circle = [
      parseSource('functions/a.ts', "import type { B } from './b.ts'"),
      parseSource('functions/b.ts', "import { c } from './c.ts'"),
      parseSource('functions/c.ts', "import { a } from './a.ts'"),
      parseSource('functions/d.ts', "import { a } from './a.ts'"),
    ]
    expect(rule?.check(circle).map(complaint => complaint.slice(0, 14))).toEqual([
      'functions/a.ts',
      'functions/b.ts',
      'functions/c.ts',
    ])
  })

  it.each<{ name: string; first: [path: string, text: string]; second: [path: string, text: string] }>([
    {
      name: 'the lab has no import circles',
      first: ['lab/nlb/flow.ts', "import type { Share } from './forward.ts'"],
      second: ['lab/nlb/forward.ts', "import { Flow } from './flow.ts'"],
    },
    {
      name: 'the folders of the lab have no import circles',
      first: ['lab/nlb/flow.ts', "import { zone } from '../dns/zone.ts'"],
      second: ['lab/dns/name.ts', "import { dial } from '../nlb/dial.ts'"],
    },
    {
      name: 'no two files of the lab have the same name',
      first: ['lab/nlb/server.ts', ''],
      second: ['lab/dns/server.ts', ''],
    },
  ])('between two files: $name', ({ name, first, second }) => {
    const rule = rules.find(rule => rule.name === name)

    expect(rule?.check([parseSource(...first), parseSource(...second)])).not.toEqual([])
    expect(rule?.check([parseSource(...first)])).toEqual([])
  })

  it.each([
    ['cli/facts/a.ts', "import { a } from '../checks/a.ts'"],
    ['cli/facts/a.ts', "import type { A } from '../checks/a.ts'"],
    ['cli/text/a.ts', "import { a } from '../facts/a.ts'"],
    ['cli/checks/a.ts', "import type { A } from '../drill/a.ts'"],
    ['cli/drill/a.ts', "import { a } from '../commands/a.ts'"],
    ['cli/aws/a.ts', "import { a } from '../text/a.ts'"],
  ])('for an import that points up: %s with `%s`', (path, text) => {
    const name =
      'the command line imports downwards: commands, migrate, drill, history and init, checks, facts, text, aws'
    expect(complaints(name, path, `${text}\n`)).toHaveLength(1)
  })

  it.each([
    [['cli/drill/record.ts', 'cli/migrate/record.ts'], 1],
    [['cli/facts/record.ts', 'cli/drill/record.ts'], 1],
    [['cli/checks/a/zones.ts', 'cli/checks/b/zones.ts'], 1],
    [['cli/checks/zones.ts', 'cli/facts/zones.ts', 'cli/text/zones.ts', 'cli/commands/zones.ts'], 0],
    [['cli/commands/plan.ts', 'cli/commands/migrate/plan.ts'], 0],
  ])('for a name of two meanings: %s', (paths, count) => {
    const rule = rules.find(({ name }) => name === 'no file name of the command line has two meanings')
    expect(rule?.check(paths.map(path => parseSource(path, '')))).toHaveLength(count)
  })

  it('with the file and the line', () => {
    const text = "\n\nimport type { A } from './a.ts'\nimport {\n  b,\n} from '../../infra/b.ts'\n"

    expect(complaints('nothing else imports infra', 'functions/reconciler/c.ts', text)).toEqual([
      'functions/reconciler/c.ts:4 imports infra/b.ts',
    ])
  })
})

describe('a rule allows', () => {
  it.each([
    ['core imports core and node:net alone', 'functions/reconciler/core/a.ts', "import type { A } from './model.ts'"],
    ['the environment is read in handler.ts alone', 'functions/reconciler/handler.ts', 'wire(process.env)'],
    [
      'infra imports of the function its words, its configuration and the table of AWS errors',
      'infra/a.ts',
      "import { parseConfig } from '../functions/reconciler/config.ts'",
    ],
    [
      'infra imports of the function its words, its configuration and the table of AWS errors',
      'infra/app/a.ts',
      "import { closed } from '../../functions/reconciler/config/values.ts'",
    ],
    [
      'infra imports of the function its words, its configuration and the table of AWS errors',
      'infra/a.ts',
      "import { readAwsError } from '../functions/reconciler/adapters/aws-errors.ts'",
    ],
    [
      'the lab synthesizes: it imports of infra the app, its names, the stages, and what guards them',
      'lab/a.ts',
      "import { synth } from '../infra/app/app.ts'",
    ],
    ['no default export', 'vitest.config.ts', 'export default {}'],
    ['no barrel', 'lab/a.ts', 'const b = 1\nexport { b }'],
    ['temporary files have a folder that mkdtemp makes', 'lab/a.ts', "mkdtempSync(join(tmpdir(), 'repoint-'))"],
  ])('%s: %s with `%s`', (name, path, text) => {
    expect(complaints(name, path, text)).toEqual([])
  })
})

describe('what a source says in comments and strings', () => {
  const text = [
    '// Date.now() is not called here',
    "const message = 'Date.now() and \\' import x from \"./a.ts\"'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source under test
    "const sql = `Date.now() ${`${Date.parse(at)} Date.now()`} import y from './b.ts'`",
    'const quote = /["\'`/]Date.now/.test(message)',
    'const half = total / 2 / Date.length',
  ].join('\n')
  const source: Source = parseSource('functions/reconciler/watch.ts', text)

  it('is neither code nor import', () => {
    expect(source.imports).toEqual([])
    expect(source.code.match(/Date\.\w+/g)).toEqual(['Date.parse', 'Date.length'])
  })

  it('leaves every line where it is', () => {
    expect(source.code).toHaveLength(text.length)
    expect(source.code.split('\n')).toHaveLength(5)
  })
})
