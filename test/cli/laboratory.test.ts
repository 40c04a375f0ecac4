import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { laboratoryOf, withLaboratory } from '../../cli/facts/laboratory.ts'
import { recordStep } from '../../cli/migrate/record-step.ts'
import { parseRecord } from '../../report/record.ts'
import { aRecord } from '../report/a-record.ts'
import { runProcess } from './doctor-lab.ts'

/** Nothing of this machine's AWS configuration. */
const withoutFiles = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }
const lab = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', REPOINT_LAB_SPEED: '20' }

describe('what leads a command somewhere else than to AWS', () => {
  it.each([
    ['nothing', {}, [false, 1, 0]],
    ['an empty variable', { AWS_ENDPOINT_URL: '' }, [false, 1, 0]],
    ['an endpoint on this machine', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, [true, 1, 2]],
    ['an endpoint of one service', { AWS_ENDPOINT_URL_RDS: 'http://localhost:4566' }, [true, 1, 2]],
    ['an endpoint that only looks like AWS', { AWS_ENDPOINT_URL: 'https://amazonaws.com.example' }, [true, 1, 2]],
    ['an endpoint that is no URL', { AWS_ENDPOINT_URL: 'amazonaws.com' }, [true, 1, 2]],
    ['a VPC endpoint', { AWS_ENDPOINT_URL: 'https://vpce-1.rds.eu-west-1.vpce.amazonaws.com' }, [false, 1, 1]],
    ['a tunnel', { REPOINT_CONNECT_TO: 'a:1=b:2' }, [false, 1, 1]],
    ['the laboratory', lab, [true, 20, 3]],
    ['a speed without a laboratory', { REPOINT_LAB_SPEED: '20' }, [false, 1, 0]],
    [
      'an endpoint that the SDK is told to ignore',
      { ...lab, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      [false, 1, 0],
    ],
    ['a speed that is none', { ...lab, REPOINT_LAB_SPEED: '1e99' }, [true, 1, 2]],
  ])('%s', (_, env, expected) => {
    const { isInForce, speed, notices } = laboratoryOf({ ...withoutFiles, ...env })
    expect([isInForce, speed, notices.length]).toEqual(expected)
  })

  it('names the host, and no password that stands in the URL', () => {
    const { notices } = laboratoryOf({ ...withoutFiles, AWS_ENDPOINT_URL: 'http://user:secret@127.0.0.1:4566/' })
    expect(notices[0]).toBe('AWS_ENDPOINT_URL is set: calls go to 127.0.0.1:4566.')
  })

  it.each([
    [['completion', 'bash']],
    [['status', '--settings', 'nowhere.json']],
    [['init', '--json', 'x']],
    [['report', 'nowhere.json']],
    [['migrate', 'plan', '--settings', 'nowhere.json']],
  ])('a command says so on stderr, whatever becomes of it: %j', async args => {
    const { notices, stdout } = await runProcess(args, {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_MAX_ATTEMPTS: '1',
      REPOINT_CONNECT_TO: 'a:1=127.0.0.1:9',
    })

    expect(notices).toEqual([
      'note: AWS_ENDPOINT_URL is set: calls go to 127.0.0.1:9.',
      'note: REPOINT_CONNECT_TO is set: connections to the places that it names go elsewhere.',
      'note: This is not AWS: what is recorded is laboratory evidence.',
    ])
    expect(stdout).not.toContain('note:')
  })
})

describe('an endpoint in a file of AWS', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'profiles-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const files = async (config: string, credentials = '') => {
    const env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }
    await writeFile(env.AWS_CONFIG_FILE, config)
    await writeFile(env.AWS_SHARED_CREDENTIALS_FILE, credentials)
    return env
  }
  const services =
    '[services all]\nrds =\n  endpoint_url = http://127.0.0.1:8\n  other = 1\nec2 =\n  endpoint_url=http://b:9'

  it.each<[string, string, Record<string, string>, string[]]>([
    ['of the default profile', '[default]\nendpoint_url = http://a:1', {}, ['endpoint_url', 'a:1']],
    [
      'of the profile of the environment',
      '[profile x]\nendpoint_url=http://a:1',
      { AWS_PROFILE: 'x' },
      ['endpoint_url', 'a:1'],
    ],
    [
      'of a profile in quotes',
      `[ profile "x" ] # mine\r\n endpoint_url = http://a:1 ; here`,
      { AWS_PROFILE: 'x' },
      ['endpoint_url', 'a:1'],
    ],
    [
      'of a profile that stands twice',
      '[default]\nendpoint_url = http://a:1\n[default]\nregion = x',
      {},
      ['endpoint_url', 'a:1'],
    ],
    [
      'of services',
      `[default]\nservices = all\n${services}`,
      {},
      ['rds.endpoint_url', '127.0.0.1:8', 'ec2.endpoint_url', 'b:9'],
    ],
    ['of another profile', '[profile x]\nendpoint_url = http://a:1', {}, []],
    ['of services that the profile does not name', `[default]\nregion = eu-west-1\n${services}`, {}, []],
    ['that a comment has', '[default]\n# endpoint_url = http://a:1', {}, []],
    [
      'that the profile says to ignore',
      '[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://a:1',
      {},
      [],
    ],
    [
      'that the environment says to ignore',
      '[default]\nendpoint_url = http://a:1',
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      [],
    ],
  ])('%s leads a command there', async (_, config, env, expected) => {
    const { isInForce, notices } = laboratoryOf({ ...(await files(config)), ...env })
    expect(isInForce).toBe(expected.length > 0)
    const text = notices.join('\n')
    for (const part of expected) expect(text).toContain(part)
    expect(notices.length).toBe(expected.length === 0 ? 0 : expected.length / 2 + 1)
  })

  it('of the credentials leads a command there, and the configuration says it first', async () => {
    const credentials = '[default]\nendpoint_url = http://a:1'
    expect(laboratoryOf(await files('', credentials)).notices[0]).toContain('a:1')
    const both = laboratoryOf(await files('[default]\nendpoint_url = https://rds.eu-west-1.amazonaws.com', credentials))
    expect([both.isInForce, both.notices.length]).toEqual([false, 1])
  })

  it('is where the SDK sends its calls, and a command says so on stderr', async () => {
    const keys = '[x]\naws_access_key_id = a\naws_secret_access_key = b'
    const env = await files('[profile x]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9', keys)
    const args = ['init', 'orders', '--settings', join(folder, 'repoint.json')]

    const { notices, stderr } = await runProcess(args, { ...env, AWS_PROFILE: 'x', AWS_MAX_ATTEMPTS: '1' })

    expect(notices).toEqual([
      'note: endpoint_url of the profile x is set: calls go to 127.0.0.1:9.',
      'note: This is not AWS: what is recorded is laboratory evidence.',
    ])
    expect(stderr).toContain('127.0.0.1:9')
  })
})

describe('the SDK', () => {
  const cases: readonly [string, object, Record<string, string>][] = [
    ['of the environment’s profile', {}, { AWS_PROFILE: 'x' }],
    ['of the profile of --profile', { profile: 'x' }, {}],
    ['of a profile beside another one in the environment', { profile: 'y' }, { AWS_PROFILE: 'x' }],
    ['that is ignored', {}, { AWS_PROFILE: 'x', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }],
    ['that a variable goes before', {}, { AWS_PROFILE: 'x', AWS_ENDPOINT_URL: 'http://127.0.0.2:9' }],
    ['of one service', {}, { AWS_PROFILE: 'y', AWS_ENDPOINT_URL_RDS: 'http://127.0.0.3:9' }],
  ]

  let folder: string
  let files: Record<string, string>
  /** Where a call would go in each case: a process of its own goes through them, one environment after the other. */
  let hosts: Record<string, string>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sdk-'))
    files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }
    const profiles = '[profile x]\nendpoint_url = http://127.0.0.1:9\n[profile y]\nregion = eu-west-1'
    await writeFile(join(folder, 'config'), profiles)
    const ofProfile = (name: string) => `[${name}]\naws_access_key_id = a\naws_secret_access_key = b\n`
    await writeFile(join(folder, 'credentials'), ['default', 'x', 'y'].map(ofProfile).join(''))
    const script = `
      import { createClients } from ${JSON.stringify(new URL('../../cli/aws/clients.ts', import.meta.url).href)}
      const before = { ...process.env }
      const hosts = {}
      for (const [name, options, own] of ${JSON.stringify(cases)}) {
        process.env = { ...before, ...own }
        const rds = await createClients({ region: 'eu-west-1', ...options }).rds()
        const note = () => ({ request }) => { hosts[name] = request.hostname; throw new Error('far enough') }
        rds.middlewareStack.add(note, { step: 'build', priority: 'low' })
        await rds.describeDBInstances({}).catch(() => {})
      }
      console.log(JSON.stringify(hosts))
      process.exit()`
    const { PATH } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { PATH, ...files },
    })
    hosts = JSON.parse(stdout)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(cases)('goes where it is said to go, with an endpoint %s', (name, _, own) => {
    const host = hosts[name] ?? ''
    const { isInForce, notices } = laboratoryOf({ ...files, ...own })

    expect(host).not.toBe('')
    expect(isInForce).toBe(!host.endsWith('.amazonaws.com'))
    expect(notices.join()).toContain(host.endsWith('.amazonaws.com') ? '' : host)
  })
})

describe('the record of a drill', () => {
  it('stays as it is on AWS', () => {
    expect(withLaboratory(aRecord(), laboratoryOf(withoutFiles))).toEqual(aRecord())
  })

  it('says that it was made in a laboratory, how fast that ran, and shows times as on AWS', () => {
    const [record, drilled] = [withLaboratory(aRecord(), laboratoryOf(lab)), aRecord()]

    expect(parseRecord('it', JSON.stringify(record))).toEqual(record)
    expect([record.kind, record.speed]).toEqual(['rehearsal', 20])
    expect(record.notes.join(' ')).toContain('laboratory evidence')
    expect(record.endedMs).toBe(20 * drilled.endedMs)
    expect(record.phases[1]).toMatchObject({ fromMs: 20 * 10_600, toMs: 20 * 13_500 })
    expect(record.milestones[0]?.atMs).toBe(20 * 10_600)
    expect(record.moments[0]?.atMs).toBe(20 * 150)
    expect(record.spans[0]).toMatchObject({ fromMs: 20 * -3_000, toMs: 20 * 1_000 })
    expect(record.probes[0]?.outages[0]).toMatchObject({ fromMs: 20 * 1_250, toMs: 20 * 95_255 })
    expect(record.probes[0]?.attempts.tookMs[0]).toBe(20 * (drilled.probes[0]?.attempts.tookMs[0] ?? 0))
    expect(record.probes[0]?.everyMs).toBe(5_000)
  })

  it('is still a drill through a tunnel, and says that connections went elsewhere', () => {
    const record = withLaboratory(aRecord(), laboratoryOf({ ...withoutFiles, REPOINT_CONNECT_TO: 'a:1=b:2' }))

    expect([record.kind, record.speed]).toEqual(['drill', 1])
    expect(record.notes[0]).toContain('REPOINT_CONNECT_TO is set')
  })
})

describe('the record of a migration', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steps-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it.each([
    ['says of a step that it was taken in a laboratory', lab, true],
    ['says nothing of the kind of a step on AWS', withoutFiles, undefined],
  ])('%s', async (_, env, inLaboratory) => {
    const recordFile = join(folder, 'record.json')
    const sts = async () => ({ getCallerIdentity: async () => ({ Arn: 'arn:aws:iam::1:user/jane' }) })
    const migration = {
      ...{ context: { env, now: () => 0 }, database: { id: 'orders' }, consumer: undefined, recordFile },
      consumerClientsAfterAll: { sts },
    } as unknown as Parameters<typeof recordStep>[0]

    await recordStep(migration, { kind: 'shift', applied: true, outcome: 'done', summary: 'well' })

    const { steps } = JSON.parse(await readFile(recordFile, 'utf8'))
    expect(steps[0].inLaboratory).toBe(inLaboratory)
  })
})
