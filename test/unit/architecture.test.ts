import { describe, expect, it } from 'vitest'
import { medianOf, rules } from './architecture/rules.ts'
import { parseSource, readSources, type Source } from './architecture/source.ts'

const folders = ['cli', 'functions', 'infra', 'lab', 'report', 'test']
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
    ['only adapters know the AWS SDK', 'lab/aws/rds.ts', "const rds = await import('@aws-sdk/client-rds')"],
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
      'the reconciler imports itself and packages alone',
      'functions/reconciler/watch.ts',
      "import { delays } from '../../lab/delays.ts'",
    ],
    [
      'infra imports of the function its words and the type of its configuration',
      'infra/stacks/database.ts',
      "import { parseConfig } from '../../functions/reconciler/config.ts'",
    ],
    [
      'infra imports of the function its words and the type of its configuration',
      'infra/stacks/database.ts',
      "import { plan } from '../../functions/reconciler/core/plan.ts'",
    ],
    [
      'the lab runs the artefact: it imports of the function its words and its build',
      'lab/nlb/target-group.ts',
      "import type { Target } from '../../functions/reconciler/core/model.ts'",
    ],
    [
      'the lab synthesizes: it imports of infra the app, the stages, and what guards them',
      'lab/deployment.ts',
      "import { settings } from '../infra/app/settings.ts'",
    ],
    ['nothing else imports infra', 'functions/build.ts', "import { app } from '../infra/app/app.ts'"],
    [
      'the command line imports of infra the settings, and what they make of the configuration',
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
    ['no barrel', 'lab/aws/all.ts', "export * from './rds.ts'"],
    ['no barrel', 'lab/aws/all.ts', "export type { Rds } from './rds.ts'"],
    ['files have kebab-case names that say something', 'lab/aws/targetGroup.ts', ''],
    ['files have kebab-case names that say something', 'lab/aws/index.ts', ''],
    ['the environment is read in handler.ts alone', 'functions/reconciler/wire.ts', 'const { A } = process.env'],
    ['the clock is read in system-clock.ts alone', 'functions/reconciler/watch.ts', 'const at = Date.now()'],
    ['the clock is read in system-clock.ts alone', 'functions/reconciler/watch.ts', 'const at = new Date()'],
    ['AWS clients are made in clients.ts alone', 'functions/reconciler/wire.ts', 'const rds = new RDSClient({})'],
    [
      'names are resolved by DNS, never by the operating system',
      'functions/reconciler/adapters/dns.ts',
      "import { lookup } from 'node:dns/promises'",
    ],
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
      'infra imports of the function its words and the type of its configuration',
      'infra/a.ts',
      "import type { Config } from '../functions/reconciler/config.ts'",
    ],
    [
      'the lab synthesizes: it imports of infra the app, the stages, and what guards them',
      'lab/a.ts',
      "import { synth } from '../infra/app/app.ts'",
    ],
    ['no default export', 'vitest.config.ts', 'export default {}'],
    ['no barrel', 'lab/a.ts', 'const b = 1\nexport { b }'],
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
