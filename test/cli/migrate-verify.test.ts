import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detourFor, type Place, readDetours } from '../../cli/facts/client/tunnels.ts'
import { permissions } from '../../cli/reference/command-permissions.ts'
import * as fixture from '../../lab/fixture.ts'
import { parseRecord } from '../../report/record.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'

const credentials = { REPOINT_SQL_USER: 'postgres' }

const openShadow = async (kind: 'instance' | 'cluster') => {
  const lab = await openLab({ speed: 60, kind, stage: 'shadow' })
  const folder = await mkdtemp(join(tmpdir(), 'verify-'))
  const ca = join(folder, 'bundle.pem')
  await writeFile(ca, lab.cloud.storage.certificate?.authority ?? '')
  const record = join(folder, 'migration.json')
  const run = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
    lab.repointWith(environment, ['migrate', 'verify', '--ca', ca, '--record', record, ...args])
  /** Ctrl-C as soon as something is so. */
  const runUntil = (isTime: () => boolean, ...args: string[]) =>
    lab.repointWith({}, ['migrate', 'verify', '--ca', ca, '--record', record, ...args], interrupt => {
      const wait = setInterval(() => {
        if (!isTime()) return
        clearInterval(wait)
        interrupt()
      }, 20)
    })
  const close = async () => {
    await lab.close()
    await rm(folder, { recursive: true, force: true })
  }
  const steps = async () =>
    (JSON.parse(await readFile(record, 'utf8')) as { steps: { kind: string; outcome: string; evidence: object }[] })
      .steps
  return { lab, folder, run, runUntil, steps, close }
}

type Shadow = Awaited<ReturnType<typeof openShadow>>

const problemsOf = (stdout: string) =>
  (
    JSON.parse(stdout) as { findings: { check: string; severity: string; fact: string; remedy?: string }[] }
  ).findings.filter(({ severity }) => severity === 'problem')

const actionsOf = (command: string): string[] =>
  (permissions[command] ?? []).flatMap(it => it.match(/[a-z0-9-]+:[A-Z]\w+/g) ?? [])

/** Where the permission has another name than service and call. */
const renamed: Readonly<Record<string, string>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  'lambda:unknown': 'lambda:GetAlias',
  'monitoring:DescribeAlarms': 'cloudwatch:DescribeAlarms',
}

/** What a command asked of AWS and docs/cli.md does not say. */
const unsaid = ({ cloud }: LabWithCommand, from: number, command: string): string[] => {
  const asked = cloud.api.calls.slice(from).filter(({ accessKey }) => accessKey === fixture.operatorKey)
  const actions = asked.map(({ service, action }) => renamed[`${service}:${action}`] ?? `${service}:${action}`)
  if (actions.length < 5) throw new Error(`${command} asked too little: ${actions.join(', ')}`)
  return [...new Set(actions)].filter(action => !actionsOf(command).includes(action))
}

describe('repoint migrate verify', { timeout: 90_000 }, () => {
  let shadow: Shadow
  let lab: LabWithCommand
  beforeAll(async () => {
    shadow = await openShadow('instance')
    lab = shadow.lab
  }, 120_000)
  afterAll(() => shadow?.close())

  it("connects both paths, sees the certificate's name, and proves by the access log that the gateway reaches the writer", async () => {
    const from = lab.cloud.api.calls.length
    const { code, stdout, stderr } = await shadow.run(credentials)
    expect(unsaid(lab, from, 'migrate verify')).toEqual([])
    expect([code, stderr.split('\n')[0]]).toEqual([0, expect.stringContaining('Connecting to ')])
    expect(stdout).toContain('PASSED  Both paths reach the writer')
    expect(stdout).toMatch(/has all \d of our \d connections by their own port/)
    expect(stdout).toMatch(/Certificate's name +right +right/)
    expect(stdout).toMatch(/Writer +yes +yes/)
    expect(stdout).toContain(`the gateway reached ${lab.cloud.writerIp()}:5432, and that is the writer`)
    expect(stdout).toContain('(weights 100 to 0)')
    expect((await shadow.steps()).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(['verify passed'])
  })

  it('needs no credentials', async () => {
    const { code, stdout } = await shadow.run({}, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      database: 'orders',
      consumer: 'analytics',
      outcome: 'passed',
      proof: { kind: 'proved', matchedBy: 'source' },
      lookups: { asked: 20, led: { nlb: 20, gateway: 0 } },
    })
  })

  it.each(['no-verify', 'off'])('does not log in with --tls %s: nobody has proved who listens', async mode => {
    const { code, stdout, stderr } = await shadow.run(credentials, '--json', '--tls', mode)
    expect(stderr).toContain(
      'Without --tls verify-full nobody proves that what answers is orders: verify does not log in',
    )
    const { paths } = JSON.parse(stdout) as { paths: object[] }
    expect([code, paths.length, paths.some(it => 'sql' in it)]).toEqual([0, 2, false])
  })

  it('finds the wrong endpoint behind a record as preflight', async () => {
    const records = lab.cloud.resources.hostedZones.flatMap(({ records: all }) => all)
    const [nlb, gateway] = ['repoint-nlb', 'repoint-gateway'].map(name =>
      records.find(it => it?.setIdentifier === name),
    )
    if (nlb === undefined || gateway === undefined) throw new Error('no records')
    const { alias } = gateway
    Object.assign(gateway, { alias: nlb.alias })
    const { code, stdout } = await lab.repoint('migrate', 'preflight', '--no-record', '--json')
    Object.assign(gateway, { alias })
    expect([code, problemsOf(stdout).map(({ check }) => check)]).toEqual([6, expect.arrayContaining(['zone-records'])])
  })

  it('has not passed as preflight where every call is denied', async () => {
    const { faults } = lab.cloud.api
    for (const action of actionsOf('migrate preflight')) faults.inject(action, { kind: 'access-denied' }, 500)
    const { code, stdout } = await lab.repoint('migrate', 'preflight', '--no-record', '--json')
    faults.clear()
    expect([code, JSON.parse(stdout)]).toEqual([6, expect.objectContaining({ outcome: 'failed' })])
  })

  it('proves nothing where no access log is kept, and says so', async () => {
    const { resources } = lab.cloud
    const { accessLogSubscriptions } = resources
    resources.accessLogSubscriptions = []
    const { code, stdout } = await shadow.run({})
    resources.accessLogSubscriptions = accessLogSubscriptions
    expect(code).toBe(3)
    expect(stdout).toContain('WAITING  Nothing is wrong, and where the gateway goes is not proved yet.')
    expect(stdout).toContain('The access log is not known: ')
  })

  it('shows a forgotten security group rule as a timeout, with the remedy', async () => {
    const { securityGroups, resourceGateways } = lab.cloud.resources
    const gateways = resourceGateways.flatMap(({ securityGroupIds }) => securityGroupIds)
    const lets = (rule: { groupIds?: string[] }) => rule.groupIds?.some(id => gateways.includes(id)) ?? false
    const groups = securityGroups.filter(({ incoming }) => incoming.some(lets))
    const before = groups.map(({ incoming }) => incoming)
    for (const group of groups) group.incoming = group.incoming.filter(rule => !lets(rule))
    const { code, stdout } = await shadow.run({}, '--json', '--timeout', '1s')
    for (const [index, group] of groups.entries()) group.incoming = before[index] ?? []
    expect([groups.length, code]).toEqual([1, 6])
    const problems = problemsOf(stdout)
    expect(problems.map(({ check }) => check)).toEqual(problems.map(() => 'gateway-tls'))
    expect(problems[0]?.fact).toContain('timed out')
    expect(problems[0]?.remedy).toContain("the database's security group has to let in the gateway's")
  })

  it('does not fail a database over where nobody said yes', async () => {
    const { code, stderr } = await shadow.run(credentials, '--drill')
    expect(code).toBe(2)
    expect(stderr).toContain('There is no terminal to confirm that orders may be failed over: pass --yes')
    expect(lab.cloud.api.calls.some(({ action }) => action === 'RebootDBInstance')).toBe(false)
  })

  it('drills both paths with one failover, and puts the outages side by side', async () => {
    await lab.served()
    const before = lab.cloud.writerIp()
    const quick = ['--yes', '--every', '0.1s', '--steady', '0.5s', '--limit', '40s', '--timeout', '1s']
    const records = join(shadow.folder, 'drill')
    const from = lab.cloud.api.calls.length
    const ended = await shadow.run(credentials, '--drill', '--json', '--drill-records', records, ...quick)
    expect(unsaid(lab, from, 'migrate verify')).toEqual([])
    const result = JSON.parse(ended.stdout) as {
      outcome: string
      outages: { id: string; nlbMs: number; gatewayMs: number }[]
      log: { after: string[] }
      checks: { what: string; holds: boolean }[]
    }
    expect(result.checks.filter(({ holds }) => !holds)).toEqual([])
    expect([ended.code, result.outcome, result.log.after]).toEqual([0, 'passed', [lab.cloud.writerIp()]])
    expect(lab.cloud.writerIp()).not.toBe(before)
    expect(result.outages.map(({ id }) => id)).toEqual(['tcp', 'sql-fresh', 'sql-kept'])
    for (const { nlbMs, gatewayMs } of result.outages) expect(gatewayMs).toBeLessThanOrEqual(nlbMs + 200)
    const [nlb, gateway] = await Promise.all(
      ['nlb', 'gateway'].map(async name => parseRecord(name, await readFile(join(records, `${name}.json`), 'utf8'))),
    )
    expect([nlb?.frontDoor.kind, gateway?.frontDoor.kind]).toEqual(['nlb', 'resource-gateway'])
    expect(await readFile(join(records, 'comparison.html'), 'utf8')).toContain('through the resource gateway')
    const steps = await shadow.steps()
    expect(steps.at(-1)).toMatchObject({
      kind: 'drill',
      outcome: 'passed',
      applied: true,
      evidence: { path: 'gateway' },
    })
    expect(lab.cloud.api.calls.filter(({ action }) => action === 'RebootDBInstance')).toHaveLength(1)
  })

  it('is followed by moves of the weights that ask of AWS what docs/cli.md says', async () => {
    const record = join(shadow.folder, 'shift.json')
    for (const [command, args] of [
      ['migrate shift', ['shift', '5', '--force']],
      ['migrate rollback', ['rollback']],
    ] as const) {
      const from = lab.cloud.api.calls.length
      const { code, stderr } = await lab.repoint('migrate', ...args, '--apply', '--record', record)
      expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
      expect(unsaid(lab, from, command)).toEqual([])
    }
  })
})

describe('repoint migrate verify --drill, interrupted', { timeout: 90_000 }, () => {
  let shadow: Shadow
  beforeAll(async () => {
    shadow = await openShadow('instance')
  }, 120_000)
  afterAll(() => shadow?.close())

  it('stops probing, keeps what it has seen, says how things stand, and has not passed', async () => {
    const { calls } = shadow.lab.cloud.api
    const isCaused = () => calls.some(({ action, status }) => action === 'RebootDBInstance' && status === 200)
    const ended = await shadow.runUntil(isCaused, '--drill', '--yes', '--every', '0.1s', '--json')
    expect(ended.code).toBe(130)
    expect(ended.stderr).toContain('Interrupted: probing has stopped. RDS reports orders as ')
    expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: 'interrupted' })
    expect((await shadow.steps()).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'verify passed',
      'drill interrupted',
    ])
  })
})

const readersPlace = ({ variables }: LabWithCommand) =>
  detourFor(readDetours(variables.REPOINT_CONNECT_TO ?? ''), { host: '10.1.1.51', port: 5432 })

/** Asks a server of PostgreSQL whether it speaks TLS, and leaves. */
const greet = (place: Place): void => {
  const socket = connect(place)
  const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
  socket
    .on('error', () => undefined)
    .on('connect', () => socket.write(request))
    .once('data', () => socket.destroy())
    .setTimeout(1_500, () => socket.destroy())
}

describe('the gateway of a cluster', { timeout: 90_000 }, () => {
  let shadow: Shadow
  beforeAll(async () => {
    shadow = await openShadow('cluster')
  }, 120_000)
  afterAll(() => shadow?.close())

  it('passes a drill while readers come through the same endpoint', async () => {
    const { lab, run } = shadow
    await lab.served()
    const from = lab.cloud.api.calls.length
    const quick = ['--yes', '--every', '0.1s', '--steady', '0.5s', '--limit', '40s', '--timeout', '1s']
    const readers = setInterval(() => greet(readersPlace(lab)), 200)
    const { code, stdout } = await run(credentials, '--drill', '--json', ...quick)
    clearInterval(readers)
    const { checks, log } = JSON.parse(stdout) as { checks: { holds: boolean }[]; log: { after: string[] } }
    expect(checks.filter(({ holds }) => !holds)).toEqual([])
    expect([code, log.after]).toEqual([0, [lab.cloud.writerIp()]])
    const arrivals = [...lab.cloud.accessLogs.values()].flat().map(({ record }) => record)
    const read = arrivals.filter(({ destinationIpPort }) => destinationIpPort?.startsWith('10.1.1.51:'))
    expect(read.length).toBeGreaterThan(1)
    expect(read.some(({ resourceIpPort }) => resourceIpPort !== `${lab.cloud.writerIp()}:5432`)).toBe(true)
    expect(unsaid(lab, from, 'migrate verify')).toEqual([])
  })

  it('is disproved where it leads elsewhere, by the access log and by the node itself', async () => {
    const { cloud } = shadow.lab
    const [reader, writer] = ['cluster-ro-', 'cluster-'].map(part =>
      cloud.resources.resourceConfigurations.find(
        ({ customDomainName = '' }) =>
          customDomainName.includes(`.${part}`) &&
          (part === 'cluster-ro-' || !customDomainName.includes('cluster-ro-')),
      ),
    )
    const rightName = writer?.customDomainName ?? ''
    if (writer && reader?.customDomainName) writer.customDomainName = reader.customDomainName
    const { code, stdout } = await shadow.run(credentials, '--json')
    if (writer) writer.customDomainName = rightName
    const problems = problemsOf(stdout)
    expect([code, problems.map(({ check }) => check)]).toEqual([6, ['gateway-sql', 'gateway-log']])
    expect(problems[1]?.fact).toContain(`and the writer is ${cloud.writerIp()}`)
    expect((await shadow.steps()).at(-1)).toMatchObject({ kind: 'verify', outcome: 'failed' })
  })
})
