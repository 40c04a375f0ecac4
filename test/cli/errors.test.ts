import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../cli/program.ts'
import { permissions } from '../../cli/reference/command-permissions.ts'
import { eventually, type LabWithCommand, openLab } from './standing-lab.ts'

let lab: LabWithCommand
beforeAll(async () => {
  lab = await openLab({ speed: 200 })
}, 90_000)
afterAll(() => lab?.close())

const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

describe('what goes wrong is one sentence with the remedy', { timeout: 30_000 }, () => {
  it('an unknown database', async () => {
    const { code, stderr } = await lab.repoint('status', '-d', 'orderz')

    expect(stderr).toMatch(
      /^repoint: There is no database orderz in .*\. It has orders; add an entry or check --settings\.\n$/,
    )
    expect(code).toBe(2)
  })

  it.each(['status', 'plan', 'resync', 'history'])('no credentials for %s', async command => {
    const { code, stdout, stderr } = await lab.repointWith(nobody, [command])

    expect(stderr).toContain('There are no AWS credentials. Name a profile with --profile, log in with `aws sso login`')
    expect([code, stdout]).toEqual([10, ''])
  })

  it('no credentials for pause, and nothing is paused', async () => {
    const { code, stderr } = await lab.repointWith(nobody, ['pause', '--reason', 'x', '--for', '1h'])

    expect(stderr).toContain('There are no AWS credentials.')
    expect(code).toBe(10)
    expect(lab.cloud.wake.rules.every(({ isEnabled }) => isEnabled)).toBe(true)
  })

  it('no such profile', async () => {
    const { code, stderr } = await lab.repointWith(nobody, ['status', '--profile', 'nobody'])

    expect(stderr).toMatch(/^repoint: --profile: there is no profile nobody in .* or .*; there are none\.\n$/)
    expect(code).toBe(2)
  })

  it('a profile beside keys says nothing more than the command does', async () => {
    const file = join(dirname(lab.settingsFile), 'aws-credentials')
    await writeFile(file, '[someone]\naws_access_key_id = AKIAOPERATORLAB\naws_secret_access_key = lab\n')
    const { code, stderr } = await lab.repointWith({ AWS_SHARED_CREDENTIALS_FILE: file }, [
      'plan',
      '--profile',
      'someone',
    ])

    expect([code, stderr]).toEqual([0, ''])
  })

  it.each([200, 403, 407, 502])('the page of a proxy with status %s instead of AWS', async status => {
    const proxy = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' })
      response.end('<html><head><title>Blocked by policy</title></head></html>')
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const environment = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_MAX_ATTEMPTS: '1' }
    for (const command of ['status', 'plan', 'history']) {
      const { code, stdout, stderr } = await lab.repointWith(environment, [command])

      expect(stderr).toContain(
        ` is not AWS (HTTP ${status}, "Blocked by policy"): a proxy, a login page of the network`,
      )
      expect([command, code, stdout]).toEqual([command, 1, ''])
    }
    proxy.close()
  })

  it('no permission, named as in a policy', async () => {
    lab.cloud.api.faults.inject('lambda:Invoke', { kind: 'access-denied' })
    const { code, stderr } = await lab.repoint('plan')

    expect(stderr).toContain(
      'repoint: Not allowed: lambda:InvokeFunction in eu-west-1. Give your role lambda:InvokeFunction',
    )
    expect(code).toBe(10)
  })

  it('no such function', async () => {
    const file = join(dirname(lab.settingsFile), 'other.json')
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db:absent'
    const subnets = [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a' }]
    const frontDoor = { kind: 'create', databaseSecurityGroupId: false }
    const entry = {
      arn,
      endpoint: 'absent.example.com',
      engine: 'postgres',
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets,
      frontDoor,
    }
    await writeFile(file, JSON.stringify({ databases: [entry] }))
    for (const command of ['status', 'plan']) {
      const { code, stderr } = await lab.repoint(command, '--settings', file)

      expect(stderr).toContain(
        'There is no function repoint-absent in eu-west-1. Deploy it with `npx cdk deploy Repoint-absent`, or check --profile and --region.',
      )
      expect(code).toBe(11)
    }
  })

  it('throttled for good', async () => {
    lab.cloud.api.faults.inject('lambda:GetFunctionConfiguration', { kind: 'throttled' }, 20)
    const { code, stderr } = await lab.repoint('status')
    lab.cloud.api.faults.clear()

    expect(stderr).toContain(
      'AWS asked to wait, also after several attempts: lambda:GetFunctionConfiguration in eu-west-1',
    )
    expect(code).toBe(12)
  })

  it('throttled for a moment is nothing', async () => {
    lab.cloud.api.faults.inject('lambda:GetFunctionConfiguration', { kind: 'throttled' })
    const { code } = await lab.repoint('status')

    expect(code).toBe(0)
  })

  it('nobody at the endpoint', async () => {
    const { code, stderr } = await lab.repointWith({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, ['plan'])

    expect(stderr).toContain('No answer from lambda:InvokeFunction in eu-west-1 (connect ECONNREFUSED 127.0.0.1:9)')
    expect(code).toBe(1)
  })

  it('the function fails', async () => {
    // A tick of the schedule would meet the failure first.
    lab.cloud.wake.schedule.state = 'DISABLED'
    await eventually(() => lab.cloud.lambda.running() === 0)
    lab.cloud.api.faults.inject('elasticloadbalancing:DescribeTargetHealth', { kind: 'access-denied' }, 20)
    const { code, stderr } = await lab.repoint('resync')
    lab.cloud.api.faults.clear()
    lab.cloud.wake.schedule.state = 'ENABLED'

    expect(stderr).toMatch(
      /repoint: repoint-orders failed: AwsError: elasticloadbalancing:DescribeTargetHealth on .*`repoint resync --local` does the same work here/,
    )
    expect(code).toBe(1)
  })

  it('settings that are not there, or wrong', async () => {
    const absent = await lab.repoint('status', '--settings', 'nowhere.json')
    expect(absent.stderr).toContain('nowhere.json has 1 problem')
    expect(absent.code).toBe(2)

    const file = join(dirname(lab.settingsFile), 'wrong.json')
    await writeFile(file, '{"databases": [{"engine": "postgres"}]}')
    const wrong = await lab.repoint('status', '--settings', file)
    expect(wrong.stderr).toContain('  - databases.0.endpoint: missing')
    expect(wrong.code).toBe(2)
  })

  it('a command or an option that is none', async () => {
    const command = await lab.repoint('staus')
    expect(command.stderr).toContain("error: unknown command 'staus'\n  (Did you mean status?)")
    const option = await lab.repoint('status', '--wacth')
    expect(option.stderr).toContain('(Did you mean --watch?)')
    expect([command.code, option.code]).toEqual([2, 2])
  })

  it('another Region than the database’s', async () => {
    const { code, stderr } = await lab.repoint('status', '--region', 'us-east-1')

    expect(stderr).toContain('Not in us-east-1: orders in 111122223333 in eu-west-1.')
    expect(code).toBe(2)
  })

  it('Ctrl-C', async () => {
    lab.cloud.api.faults.inject('lambda:GetFunctionConfiguration', { kind: 'slow', ms: 4_000_000 })
    const { code, stdout, stderr } = await lab.repointWith({}, ['status'], interrupt => setTimeout(interrupt, 2_000))

    expect(stderr).toBe('repoint: Interrupted.\n')
    expect([code, stdout]).toEqual([130, ''])
  })
})

describe('repoint', () => {
  it('shows its commands when it is given none', async () => {
    const { code, stderr, stdout } = await lab.repoint()

    expect(stderr).toContain('Usage: repoint [options] [command]')
    expect([code, stdout]).toEqual([2, ''])
  })

  it.each(createProgram().commands.filter(command => command.name() in permissions))(
    'has help with examples for each command',
    command => {
      let help = ''
      command.configureOutput({
        writeOut: text => {
          help += text
        },
      })
      command.outputHelp()

      expect(help).toContain('Examples:')
    },
  )
})
