import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../cli/checks/finding.ts'
import type { AccountResources } from '../../lab/api/resources.ts'
import * as fixture from '../../lab/fixture.ts'
import { type DoctorLab, type Ended, openDoctorLab } from './doctor-lab.ts'

interface Result {
  readonly database: string
  readonly counts: Readonly<Record<string, number>>
  readonly findings: readonly Finding[]
}

describe('repoint doctor against the lab', () => {
  let lab: DoctorLab
  let sound: string
  let queues: AccountResources['queues']

  beforeAll(async () => {
    lab = await openDoctorLab()
    sound = JSON.stringify(lab.cloud.resources)
    queues = lab.cloud.resources.queues
  }, 60_000)
  afterAll(() => lab.close(), 60_000)

  /** What a test broke is put back: the resources are plain values, but for the queue's count. */
  afterEach(() => {
    const { resources, targetGroup, wake, api } = lab.cloud
    Object.assign(resources, JSON.parse(sound), { queues })
    delete targetGroup.attributes['proxy_protocol_v2.enabled']
    targetGroup.attributes['load_balancing.cross_zone.enabled'] = 'true'
    for (const rule of wake.rules) rule.isEnabled = true
    api.faults.clear()
  })

  const resultOf = ({ stdout }: Ended): Result => {
    const [result, ...others] = JSON.parse(stdout) as Result[]
    if (result === undefined || others.length > 0) throw new Error(`not one result: ${stdout}`)
    return result
  }
  const loud = (result: Result, severity: string) =>
    result.findings.filter(finding => finding.severity === severity).map(({ check }) => check)

  it('finds no problem in a sound deployment', async () => {
    const ended = await lab.doctor(['--client-keepalive', '300'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('orders  instance in eu-west-1')
    expect(ended.stdout).toMatch(/✓ ok: database-status, standby, endpoint/)
    expect(ended.stdout).toContain('No problem found; 1 notice.')
    expect(ended.stdout).not.toContain('\u001b[')
  }, 30_000)

  it('reads what the Redshift cluster needs for the managed endpoints that are granted', async () => {
    const cluster = { id: 'warehouse', nodeType: 'ra3.xlplus', relocation: 'disabled', multiAz: 'Disabled', port: 5439 }
    lab.cloud.resources.redshiftClusters = [cluster]
    const ended = await lab.doctor(['--json', '--settings', await warehouseFor(lab)])
    expect(resultOf(ended).findings.filter(({ check }) => check === 'redshift-endpoints')).toEqual([
      {
        check: 'redshift-endpoints',
        severity: 'problem',
        fact: expect.stringMatching(/^warehouse has neither relocation nor Multi-AZ turned on: /),
        remedy: expect.stringContaining('reboots the cluster'),
        source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-recovery.html',
      },
    ])
  }, 30_000)

  it('calls nothing that docs/doctor.md does not list as a permission', () => {
    const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
    const listed = [...page.matchAll(/^ +"([a-z0-9]+:[A-Za-z]+)",?$/gm)].map(([, action]) => action)
    const asked = lab.cloud.api.calls
      .filter(({ accessKey }) => accessKey === fixture.operatorKey)
      .map(({ service, action }) => `${service}:${action}`)
    expect(asked).toContain('redshift:DescribeClusters')
    expect(asked.length).toBeGreaterThan(20)
    expect([...new Set(asked)].filter(action => !listed.includes(action))).toEqual([])
  })

  it('says every fact, remedy and source of what is broken, and ends with 6', async () => {
    const { resources, targetGroup, wake } = lab.cloud
    const [database] = resources.securityGroups
    const [vpc] = resources.vpcs
    const [service] = resources.endpointServices
    const [role] = resources.roles
    if (!database || !vpc || !service || !role) throw new Error('the fixture is not complete')
    database.incoming = database.incoming.filter(rule => rule.groupIds)
    vpc.hasDnsHostnames = false
    service.connections.push({ endpointId: 'vpce-0waiting', owner: '777788889999', state: 'pendingAcceptance' })
    role.statements = role.statements.filter(({ actions }) => !actions.includes('events:PutEvents'))
    resources.hostedZones = [
      { id: 'Z0LAB', name: `${fixture.endpoints.instance}.`, vpcIds: [vpc.id], owner: { account: fixture.account } },
    ]
    resources.queues = resources.queues.map(queue => ({ ...queue, messages: () => 2 }))
    targetGroup.attributes['load_balancing.cross_zone.enabled'] = 'false'
    targetGroup.attributes['proxy_protocol_v2.enabled'] = 'true'
    for (const rule of wake.rules) rule.isEnabled = false

    const ended = await lab.doctor(['--json'])
    const result = resultOf(ended)
    expect(ended.code).toBe(6)
    expect(loud(result, 'problem')).toEqual([
      'proxy-protocol',
      'cross-zone',
      'security-group-database',
      'permissions',
      'rule',
      'dead-letters',
    ])
    expect(loud(result, 'warning')).toEqual(['hosted-zones', 'vpc-dns', 'endpoint-service'])
    expect(loud(result, 'unknown')).toEqual([])
    expect(result.counts).toMatchObject({ problem: 6, warning: 3, unknown: 0 })
    expect(result.findings.find(({ check }) => check === 'security-group-database')).toMatchObject({
      fact: expect.stringContaining('covers the probes only: the target is healthy and consumers time out'),
      remedy: `Allow TCP 5432 from 10.0.1.5/32, 10.0.2.5/32, 10.0.3.5/32 (or the subnets) in ${fixture.networkNames.databaseGroup}.`,
      source: expect.stringMatching(/^https:\/\/docs\.aws\.amazon\.com\//),
    })
    expect(result.findings.find(({ check }) => check === 'endpoint-service')?.remedy).toContain('vpce-0waiting')
  }, 30_000)

  it('goes on without what it may not read, and names each missing permission', async () => {
    const { faults } = lab.cloud.api
    const denied = [
      'ec2:DescribeSecurityGroups',
      'route53:ListHostedZonesByVPC',
      'iam:SimulatePrincipalPolicy',
      'scheduler:GetSchedule',
    ]
    for (const action of denied) faults.inject(action, { kind: 'access-denied' }, 4)
    const ended = await lab.doctor(['--json'])
    const result = resultOf(ended)
    const unknown = result.findings.filter(({ severity }) => severity === 'unknown')
    expect(ended.code).toBe(0)
    expect(unknown.map(({ check, remedy }) => [check, remedy?.split(' ')[1]])).toEqual([
      ['hosted-zones', 'route53:ListHostedZonesByVPC'],
      ['security-group-database', 'ec2:DescribeSecurityGroups'],
      ['security-group-load-balancer', 'ec2:DescribeSecurityGroups'],
      ['privatelink-enforcement', 'ec2:DescribeSecurityGroups'],
      ['permissions', 'iam:SimulatePrincipalPolicy'],
      ['schedule', 'scheduler:GetSchedule'],
    ])
    expect(loud(result, 'ok').length).toBeGreaterThan(25)
  }, 30_000)

  it('reads the parameter group of MySQL', async () => {
    const { resources } = lab.cloud
    const database = resources.databases[fixture.databaseArn('instance')]
    const [group] = resources.parameterGroups
    if (!database || !group) throw new Error('the fixture is not complete')
    database.engine = 'mysql'
    group.parameters = [
      { name: 'max_connect_errors', value: '100', applyType: 'dynamic', isModifiable: true },
      { name: 'skip_name_resolve', applyType: 'static', isModifiable: true },
    ]
    const ended = await lab.doctor(['--settings', settingsFile(lab, 'mysql.json')])
    expect(ended.code).toBe(6)
    expect(ended.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /✗ problem mysql-host-blocking max_connect_errors is 100 and skip_name_resolve is not set: after 17 minutes/,
    )
  }, 30_000)

  it('says that there is no such function, and judges the rest', async () => {
    const ended = await lab.doctor(['--json', '--settings', await settingsFor(lab, 'invoices')])
    const result = resultOf(ended)
    expect(ended.code).toBe(6)
    expect(loud(result, 'problem')).toEqual(expect.arrayContaining(['function', 'database-status']))
  }, 30_000)

  it.concurrent.each([
    [
      'no credentials',
      [],
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      10,
      /There are no AWS credentials/,
    ],
    [
      'an unknown database',
      ['-d', 'invoices'],
      {},
      2,
      /There is no database invoices in .*repoint.json. It has orders/,
    ],
    ['--host without --consumer', ['--host', 'x.example'], {}, 2, /--host goes with --consumer/],
    [
      'a keepalive that is no number',
      ['--client-keepalive', 'soon'],
      {},
      2,
      /--client-keepalive soon is not a whole number/,
    ],
  ] as const)(
    'answers %s with one sentence and its exit code',
    async (_, args, environment, code, says) => {
      const ended = await lab.doctor(args, environment)
      expect(ended).toMatchObject({ code, stdout: '' })
      expect(ended.stderr).toMatch(says)
      expect(ended.stderr).not.toMatch(/\n\s+at /)
    },
    30_000,
  )

  it('ends at once when interrupted', async () => {
    const { api, time } = lab.cloud
    const begun = api.calls.length
    api.faults.inject('rds:DescribeDBInstances', { kind: 'slow', ms: 15_000 * time.speed })
    let interrupt = () => {}
    const ending = lab.doctor([], {}, stop => {
      interrupt = stop
    })
    while (api.calls.length === begun) await time.sleep(100)
    interrupt()
    expect(await ending).toMatchObject({ code: 130, stdout: '' })
  }, 30_000)
})

const settingsFile = (lab: DoctorLab, name: string): string => lab.settings.replace(/repoint\.json$/, name)

const settingsFor = async (lab: DoctorLab, id: string): Promise<string> => {
  const file = settingsFile(lab, `${id}.json`)
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(lab.settings, 'utf8')
  await writeFile(file, text.replace(':db:orders', `:db:${id}`).replace('"orders.', `"${id}.`))
  return file
}

/** A Redshift cluster by its host name, with a grant. */
const warehouseFor = async (lab: DoctorLab): Promise<string> => {
  const file = settingsFile(lab, 'warehouse.json')
  const entry = {
    ...{ kind: 'hostname', id: 'warehouse', engine: 'redshift', region: fixture.region },
    endpoint: 'warehouse.abc123def456.eu-west-1.redshift.amazonaws.com',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnets: fixture.subnets,
    frontDoor: { kind: 'create', databaseSecurityGroupId: false },
    redshift: { clusterIdentifier: 'warehouse', grants: [{ account: '444455556666' }] },
  }
  await writeFile(file, JSON.stringify({ databases: [entry] }))
  return file
}
