import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissions } from '../../cli/reference/command-permissions.ts'
import * as fixture from '../../lab/fixture.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200, kind: 'cluster' })
}, 90_000)
afterAll(() => lab?.close())

/** Where the permission has another name than service and call. */
const renamed: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  'monitoring:DescribeAlarms': 'cloudwatch:DescribeAlarms',
}

const commands: Readonly<Record<string, readonly string[]>> = {
  init: ['init', 'orders', '--print'],
  status: ['status'],
  plan: ['plan'],
  resync: ['resync'],
  'resync --local': ['resync', '--local'],
  pause: ['pause', '--reason', 'x', '--for', '1h'],
  resume: ['resume'],
  history: ['history'],
  'events replay': ['events', 'replay', 'RDS-EVENT-0069'],
}

describe('what a command asks of AWS', { timeout: 30_000 }, () => {
  it.each(Object.entries(commands))('is what docs/cli.md says: %s', async (name, args) => {
    const from = lab.cloud.api.calls.length
    const { code, stderr } = await lab.repoint(...args)
    const asked = lab.cloud.api.calls
      .slice(from)
      .filter(({ accessKey }) => accessKey === fixture.operatorKey)
      .map(({ service, action }) => renamed[`${service}:${action}`] ?? `${service}:${action}`)
    const allowed = (permissions[name] ?? []).flatMap(it => it.match(/[a-z][a-z0-9-]*:[A-Z]\w+/g) ?? [])

    expect({ code, stderr: stderr.replace(/^(warning: The core runs here.*|Nothing was written\.)\n/, '') }).toEqual({
      code: 0,
      stderr: '',
    })
    expect(asked.length).toBeGreaterThan(0)
    expect([...new Set(asked)].filter(action => !allowed.includes(action))).toEqual([])
  })
})
