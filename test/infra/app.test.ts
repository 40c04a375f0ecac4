import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App } from 'aws-cdk-lib'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { afterAll, describe, expect, it } from 'vitest'
import { addStacks, codeIn, MissingArtefactError, synthesize } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aCluster, anInstance } from './settings-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'repoint-app-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const code = () => Code.fromInline('placeholder')

describe('the app', () => {
  it('synthesizes the example in repoint.json, in this process and without AWS', () => {
    const { directory, templates } = synthesize({ outdir: join(folder, 'example'), code })
    expect(Object.keys(templates)).toEqual(['Repoint-fleet', 'Repoint-orders'])
    expect(readdirSync(directory)).toContain('Repoint-orders.template.json')
    const types = Object.values(templates['Repoint-orders']?.Resources ?? {}).map(it => it.Type)
    expect(types).toEqual(
      expect.arrayContaining(['AWS::Events::Rule', 'AWS::Scheduler::Schedule', 'AWS::Lambda::Function']),
    )
  })

  it('answers bad settings with its problems and a failure, and no stack trace', () => {
    const file = join(folder, 'bad.json')
    writeFileSync(file, JSON.stringify({ databases: [anInstance({ port: 0, engine: 'postgre' })] }))
    const run = spawnSync(process.execPath, [fileURLToPath(new URL('../../infra/app/app.ts', import.meta.url))], {
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ settings: file }), CDK_OUTDIR: join(folder, 'bad') },
    })
    expect(run.status).toBe(1)
    expect(run.stdout).toBe('')
    expect(run.stderr.split('\n')).toEqual([
      `${file} has 2 problems:`,
      expect.stringMatching(/^ {2}- orders: databases\.0\.engine: got "postgre", expected one of postgres/),
      '  - orders: databases.0.port: got 0, expected a port, 1 to 65535',
      '',
    ])
  }, 60_000)

  it('gives the same artefact to every stack', () => {
    const built = join(folder, 'built')
    mkdirSync(built)
    writeFileSync(join(built, 'index.mjs'), 'export const handler = () => {}')
    const settingsFile = join(folder, 'two.json')
    writeFileSync(settingsFile, JSON.stringify({ databases: [anInstance(), aCluster()] }))
    const { templates } = synthesize({ settingsFile, outdir: join(folder, 'two'), code: () => codeIn(built) })
    const { 'Repoint-fleet': _, ...own } = templates
    const keys = Object.entries(own).map(([name, { Resources }]) => {
      const functions = Object.values(Resources).map(it => it.Properties as { FunctionName?: string; Code?: unknown })
      return functions.find(it => it?.FunctionName === name.toLowerCase())?.Code
    })
    expect(keys[0]).toEqual({ S3Bucket: expect.any(String), S3Key: expect.any(String) })
    expect(keys[1]).toEqual(keys[0])
  })

  it('says how to build the function where it is not built', () => {
    expect(() => codeIn(folder)).toThrow(MissingArtefactError)
    expect(() => codeIn(folder)).toThrow('Run `npm run build` first.')
  })

  it('warns about MySQL until the settings say what keeps it from blocking the load balancer', () => {
    const warnings = (entry: Record<string, unknown>) => {
      const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
      const settings = parseSettings(
        'repoint.json',
        JSON.stringify({ databases: [anInstance({ engine: 'mysql', ...entry })] }),
      )
      addStacks(app, { settings, code })
      const found = app.node.findAll().flatMap(it => it.node.metadata)
      // The other one is of imported subnets, and acknowledged.
      return found.filter(it => it.type === 'aws:cdk:warning' && !String(it.data).includes('noSubnetRouteTableId'))
    }
    expect(warnings({})).toEqual([expect.objectContaining({ data: expect.stringContaining('skip_name_resolve=1') })])
    expect(warnings({ mysqlHostBlocking: 'skip-name-resolve' })).toEqual([])
    expect(warnings({ mysqlHostBlocking: 'accepted' })).toEqual([])
  })

  it('protects its stacks from deletion when told so, and tags them', () => {
    const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
    const databases = [anInstance({ tags: { team: 'shop' }, terminationProtection: true }), aCluster()]
    addStacks(app, {
      settings: parseSettings('repoint.json', JSON.stringify({ databases, tags: { cost: '7' } })),
      code,
    })
    const { stacks } = app.synth()
    const stack = stacks.find(it => it.stackName === 'Repoint-orders')
    const first = stacks.find(it => it.stackName === 'Repoint-ledger')
    expect(stack?.terminationProtection).toBe(true)
    // CDK protects a stack before it exists: a first deployment that fails could neither be repeated nor removed.
    expect(first?.terminationProtection).toBe(false)
    expect(stack?.tags).toEqual({ cost: '7', team: 'shop' })
  })
})
