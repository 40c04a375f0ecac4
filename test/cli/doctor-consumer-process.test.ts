import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as fixture from '../../lab/fixture.ts'
import { runProcess } from './doctor-lab.ts'
import { type LabWithCommand, openLab } from './standing-lab.ts'
import { issueAuthority, issueFor, mysql, openTlsDatabase, type TlsDatabase } from './tls-database.ts'

describe('repoint doctor --consumer in the laboratory', { timeout: 120_000 }, () => {
  const host = fixture.endpoints.instance
  let lab: LabWithCommand
  beforeAll(async () => {
    lab = await openLab({ speed: 60, stage: 'shadow' })
  }, 180_000)
  afterAll(() => lab?.close())

  const findingsOf = async (...args: string[]) => {
    const { code, stdout } = await lab.repoint('doctor', '--consumer', ...args, '--json')
    const [{ findings }] = JSON.parse(stdout) as [{ findings: { check: string; severity: string; fact: string }[] }]
    const of = (check: string) => findings.filter(it => it.check === check).map(it => `${it.severity}: ${it.fact}`)
    return { code, of, loud: findings.filter(it => it.severity === 'problem').map(it => it.check) }
  }

  it('reads the endpoints of a named consumer, and says which path the name takes', async () => {
    const { code, of } = await findingsOf('analytics', '--ca', lab.caFile)
    expect(code).toBe(0)
    expect(of('consumer-address')).toEqual([expect.stringMatching(/^ok: .*, the path through the load balancer\.$/)])
    expect(of('consumer-zone')).toEqual([
      expect.stringContaining('answers in vpc-0c0a5ade000000001'),
      'notice: Its records lead new connections by weight: load balancer 100, gateway 0.',
    ])
    expect(of('consumer-endpoint-zones')).toHaveLength(2)
  })

  it('finds that a resolver outside the hosted zone gives the writer’s own address', async () => {
    const { dns } = lab.cloud.consumer
    dns.poison({ lookup: name => (name === host ? { type: 'A', addresses: ['10.0.1.10'], ttlSeconds: 5 } : undefined) })
    try {
      const { code, of } = await findingsOf('analytics')
      expect(code).toBe(6)
      expect(of('consumer-address')).toEqual([
        expect.stringMatching(/^problem: .* means 10\.0\.1\.10 here, and not the endpoint vpce-/),
      ])
    } finally {
      dns.poison(undefined)
    }
  })

  it('finds a peered VPC in which the hosted zone does not answer yet', async () => {
    const settings = JSON.parse(await readFile(lab.settingsFile, 'utf8'))
    settings.consumers[0].peeredVpcIds = [fixture.consumer.peeredVpc.id]
    const file = lab.settingsFile.replace(/\.json$/, '-peered.json')
    await writeFile(file, JSON.stringify(settings))
    const { code, of } = await findingsOf('analytics', '--settings', file)
    expect(code).toBe(6)
    expect(of('consumer-zone')).toContainEqual(
      expect.stringMatching(/^problem: vpc-0c0a5ade000000002 sees no hosted zone orders\./),
    )
  })

  it('finds an endpoint in one zone before a service in three', async () => {
    const [endpoint] = lab.cloud.resources.vpcEndpoints
    if (endpoint === undefined) throw new Error('the consumer has no endpoint')
    const { subnetIds } = endpoint
    Object.assign(endpoint, { subnetIds: subnetIds?.slice(0, 1) })
    try {
      const { of } = await findingsOf('analytics')
      expect(of('consumer-endpoint-zones')[0]).toMatch(/^warning: .* has one network interface .*the service is in 3/)
    } finally {
      Object.assign(endpoint, { subnetIds })
    }
  })

  it('goes through tunnels to an endpoint that is named, with no settings', async () => {
    const [{ names = [] } = {}] = lab.cloud.resources.vpcEndpoints
    const name = names[0]?.dnsName ?? ''
    const at = ['--host', host, '--engine', 'postgres']
    const { code, of } = await findingsOf(...at, '--endpoint', name, '--ca', lab.caFile)
    expect([code, of('consumer-tls')]).toEqual([0, [expect.stringContaining('from a trusted authority')]])
  })
})

describe('repoint doctor --consumer', () => {
  let folder: string
  let authorities: string
  let settings: string
  let ofConsumer: string
  let database: TlsDatabase

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-consumer-'))
    const authority = await issueAuthority('Authority of RDS')
    authorities = join(folder, 'bundle.pem')
    await writeFile(authorities, authority.cert)
    database = await openTlsDatabase(mysql, await issueFor('localhost', authority))
    settings = join(folder, 'repoint.json')
    const consumer = {
      name: 'reports',
      serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
      hostname: 'orders.abc.eu-west-1.rds.amazonaws.com',
      dnsName: 'orders.invalid',
      port: 3306,
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a' }],
      clientCidrs: ['10.0.0.0/16'],
    }
    const entry = {
      arn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
      endpoint: 'orders.abc.eu-west-1.rds.amazonaws.com',
      engine: 'mysql',
      frontDoor: { kind: 'create', databaseSecurityGroupId: false },
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a' }],
    }
    await writeFile(settings, JSON.stringify({ databases: [entry], consumers: [consumer] }))
    ofConsumer = join(folder, 'consumer.json')
    await writeFile(ofConsumer, JSON.stringify({ consumers: [consumer] }))
  })
  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })

  const doctor = (...args: string[]) => runProcess(['doctor', ...args], { REPOINT_SETTINGS: settings })
  const here = () => [
    '--consumer',
    '--host',
    'localhost',
    '--endpoint',
    'localhost',
    '--port',
    String(database.port),
    '--engine',
    'mysql',
  ]

  it('needs no settings and no AWS where the host is given', async () => {
    const ended = await runProcess(['doctor', ...here(), '--ca', authorities], { REPOINT_SETTINGS: '/nowhere.json' })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toContain('No problem found; 1 warning.')
    expect(ended.stdout).toContain('localhost has one address')
  }, 20_000)

  it('gives JSON', async () => {
    const { code, stdout } = await doctor(...here(), '--ca', authorities, '--json')
    const [result] = JSON.parse(stdout) as { host: string; port: number; findings: { check: string }[] }[]
    expect(code).toBe(0)
    expect(result).toMatchObject({ host: 'localhost', port: database.port, counts: { problem: 0 } })
    expect(new Set(result?.findings.map(({ check }) => check))).toEqual(
      new Set(['consumer-name', 'consumer-address', 'consumer-endpoint-zones', 'consumer-tcp', 'consumer-tls']),
    )
  }, 20_000)

  it('takes the name from an entry of the settings, and ends with 6 where it does not resolve', async () => {
    const ended = await doctor('--consumer', 'reports')
    expect(ended.code).toBe(6)
    expect(ended.stdout).toMatch(/✗ problem {2}consumer-name\n {4}orders\.invalid does not resolve here/)
  }, 20_000)

  it('takes it from a consumer’s own file too, which has no databases', async () => {
    const ended = await doctor('--consumer', 'reports', '--settings', ofConsumer)
    expect(ended).toMatchObject({ code: 6, stderr: '' })
    expect(ended.stdout).toContain('orders.invalid does not resolve here')
    const without = await doctor('--settings', ofConsumer)
    expect(without).toMatchObject({ code: 2, stdout: '' })
    expect(without.stderr).toContain('has no databases, and this is about one')
  }, 20_000)

  it.concurrent.each([
    [['--consumer', 'nobody'], /There is no consumer nobody in .*; it has reports/],
    [['--consumer', '--host', 'localhost'], /With --host pass --engine, for example --engine postgres/],
    [
      ['--consumer', '--host', 'localhost', '--engine', 'mssql'],
      /argument 'mssql' is invalid\. Allowed choices are postgres, /,
    ],
    [
      ['--consumer', '--host', 'localhost', '--engine', 'mysql', '--port', '0'],
      /--port 0 is not a whole number from 1/,
    ],
    [['--consumer', '--host', 'localhost', '--engine', 'mysql', '--ca', '/no.pem'], /--ca \/no\.pem cannot be read/],
    [['--consumer', '-d', 'orders', '--ca', 'package.json'], /package\.json holds no PEM certificate/],
  ])(
    'answers %j with one sentence',
    async (args, says) => {
      const ended = await doctor(...args)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(says)
    },
    20_000,
  )
})
