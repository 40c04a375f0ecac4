import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSettings } from '../../infra/app/settings.ts'
import * as estate from '../../lab/fixture.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let lab: LabWithCommand
let folder: string
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
  folder = mkdtempSync(join(tmpdir(), 'repoint-init-'))
}, 90_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await lab?.close()
})

describe('repoint init', { timeout: 30_000 }, () => {
  it('writes settings with which the other commands work, and then leaves them alone', async () => {
    const file = join(folder, 'repoint.json')
    const { code, stdout, stderr } = await lab.repoint('init', 'orders', '--settings', file)

    expect(stderr).toContain(`Written to ${file}.`)
    expect(stdout).toMatch(/^orders {2}instance {2}postgres\n/)
    expect(stdout).toMatch(/strategy +swap for now; standby after a drill: /)
    expect(code).toBe(0)
    const [database] = parseSettings(file, readFileSync(file, 'utf8')).databases
    expect(database).toMatchObject({
      arn: estate.databaseArn('instance'),
      endpoint: estate.endpoints.instance,
      vpcId: estate.vpc.id,
      subnets: estate.subnets,
    })
    const status = await lab.repoint('status', '--settings', file)
    expect(status.stdout).toMatch(/^orders /)
    const again = await lab.repoint('init', 'orders', '--settings', file)
    expect(again.stderr).toContain('has an entry for orders already, and it stays as it is')
    expect(again.code).toBe(2)
  })

  it('leads an operator who follows docs/installing.md to a template', async () => {
    const page = readFileSync(join(root, 'docs/installing.md'), 'utf8')
    const [, init = '', synth = ''] =
      /^(repoint init orders) .*\n(npx cdk synth Repoint-orders --quiet) /m.exec(page) ?? []
    const settings = join(folder, 'followed.json')
    const { code } = await lab.repoint(...init.split(' ').slice(1), '--settings', settings)
    expect(code).toBe(0)

    const output = join(folder, 'cdk.out')
    const words = [...synth.split(' ').slice(1), '-c', `settings=${settings}`, '--output', output]
    await promisify(execFile)('npx', words, { cwd: root })
    const { Resources } = JSON.parse(readFileSync(join(output, 'Repoint-orders.template.json'), 'utf8'))
    const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type)
    expect(types).toEqual(expect.arrayContaining(['AWS::Lambda::Function', 'AWS::EC2::VPCEndpointService']))
  }, 300_000)

  it('writes nothing with --print', async () => {
    const file = join(folder, 'printed.json')
    const { code, stdout } = await lab.repoint('init', 'orders', '--settings', file, '--print', '--json')

    expect(JSON.parse(stdout)).toMatchObject({ database: 'orders', strategy: { take: 'standby' } })
    expect(existsSync(file)).toBe(false)
    expect(code).toBe(0)
  })

  it('lists what is there where nobody can be asked', async () => {
    const { code, stderr } = await lab.repoint('init')

    expect(stderr).toContain('Name one of these, for example `repoint init orders`:')
    expect(stderr).toMatch(/orders +instance +postgres/)
    expect(code).toBe(2)
  })

  it('does not find what RDS does not list', async () => {
    const { code, stderr } = await lab.repoint('init', 'nothing')

    expect(stderr).toContain('There is no database nothing. Check --region and --profile')
    expect(code).toBe(11)
  })
})
