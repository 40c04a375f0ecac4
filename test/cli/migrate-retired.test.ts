import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { CloudWatchClient, DescribeAlarmsCommand, type StateValue } from '@aws-sdk/client-cloudwatch'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createClients } from '../../cli/aws/clients.ts'
import { runStatus } from '../../cli/commands/status.ts'
import { openContext } from '../../cli/context.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { readDeployed } from '../../cli/facts/deployed.ts'
import { openOutput } from '../../cli/output.ts'
import { databaseEntry } from './migrate-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'retired-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lambda = mockClient(LambdaClient)
const cloudWatch = mockClient(CloudWatchClient)
const alarm = (state: StateValue) =>
  cloudWatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [{ AlarmName: 'repoint-orders-gateway-silent', StateValue: state }],
  })
beforeEach(() => {
  cloudWatch.reset()
  alarm('OK')
  lambda.reset()
  lambda.onAnyCommand().rejects(new Error('not declared'))
  lambda
    .on(GetFunctionConfigurationCommand)
    .rejects(Object.assign(new Error('Function not found'), { name: 'ResourceNotFoundException' }))
})

const open = (stage: 'gateway' | 'retired', json = false) => {
  const settings = join(folder, `${stage}.json`)
  const gateway = { ...databaseEntry.gateway, stage, from: 'gateway' }
  writeFileSync(settings, JSON.stringify({ databases: [{ ...databaseEntry, gateway }] }))
  const written = { stdout: '', stderr: '' }
  const to = (name: keyof typeof written) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += String(chunk)
        done()
      },
    })
  const out = openOutput({ json, stdout: to('stdout'), stderr: to('stderr'), env: {} })
  return { context: openContext({ settings }, { signal: new AbortController().signal, out }), written }
}

it('status of a retired database says that clients come through the gateway, and is no failure', async () => {
  const { context, written } = open('retired')

  const code = await runStatus(context, { every: 1000 })

  expect(code).toBe(exitCodes.ok)
  expect(written.stdout).toContain('clients reach it through the resource gateway, and it has no function')
  expect(written.stdout).toContain('repoint migrate plan -d orders')
})

it('status --json says it, too', async () => {
  const { context, written } = open('retired', true)

  await runStatus(context, { every: 1000 })

  expect(JSON.parse(written.stdout)).toMatchObject([{ database: 'orders', isRetired: true }])
})

it.each([false, true])(
  'status of a retired database needs attention where an alarm of its rings (json: %s)',
  async json => {
    alarm('ALARM')
    const { context, written } = open('retired', json)

    const code = await runStatus(context, { every: 1000 })

    expect(code).toBe(exitCodes.findings)
    expect(written.stdout).toContain('The alarm gateway-silent is in alarm.')
    expect(written.stdout).toContain('docs/runbook.md#gateway-silent')
  },
)

it('status of a retired database tells that its alarms could not be read', async () => {
  cloudWatch
    .on(DescribeAlarmsCommand)
    .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }))
  const { context, written } = open('retired')

  await runStatus(context, { every: 1000 })

  expect(written.stdout).toContain('unknown: Not allowed')
})

it('a function that is missing before retired is a failure as ever', async () => {
  const { context, written } = open('gateway')

  const code = await runStatus(context, { every: 1000 })

  expect(code).toBe(exitCodes.notFound)
  expect(written.stderr).toContain('There is no function repoint-orders')
})

it('what needs the function says why there is none', async () => {
  const { context } = open('retired')
  const [database] = context.databases
  if (database === undefined) throw new Error('no database')

  await expect(readDeployed(createClients({ region: 'eu-west-1' }), database)).rejects.toMatchObject({
    exitCode: exitCodes.notFound,
    message: expect.stringContaining('through the resource gateway'),
  })
})
