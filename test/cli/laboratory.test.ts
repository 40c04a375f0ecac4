import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { laboratoryOf, withLaboratory } from '../../cli/facts/laboratory.ts'
import { recordStep } from '../../cli/migrate/record-step.ts'
import { parseRecord } from '../../report/record.ts'
import { aRecord } from '../report/a-record.ts'
import { runProcess } from './doctor-lab.ts'

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
    ['a speed that is none', { ...lab, REPOINT_LAB_SPEED: '1e99' }, [true, 1, 2]],
  ])('%s', (_, env, expected) => {
    const { isInForce, speed, notices } = laboratoryOf(env)
    expect([isInForce, speed, notices.length]).toEqual(expected)
  })

  it('names the host, and no password that stands in the URL', () => {
    const { notices } = laboratoryOf({ AWS_ENDPOINT_URL: 'http://user:secret@127.0.0.1:4566/' })
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

describe('the record of a drill', () => {
  it('stays as it is on AWS', () => {
    expect(withLaboratory(aRecord(), laboratoryOf({}))).toEqual(aRecord())
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
    const record = withLaboratory(aRecord(), laboratoryOf({ REPOINT_CONNECT_TO: 'a:1=b:2' }))

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
    ['says nothing of the kind of a step on AWS', {}, undefined],
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
