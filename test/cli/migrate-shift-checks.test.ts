import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { isAgainst } from '../../cli/checks/finding.ts'
import { judgeSettingsEdit } from '../../cli/checks/settings-edit.ts'
import { judgeShift, type ShiftFacts } from '../../cli/checks/shift.ts'
import { runWith } from '../../cli/common-options.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { aboutOf } from '../../cli/facts/about.ts'
import { known } from '../../cli/facts/gathered.ts'
import type { MigrationStep } from '../../cli/facts/migration-record.ts'
import { findNlbEndpoint, whyNotBack } from '../../cli/facts/nlb-endpoint.ts'
import { fromOf, writeEdit } from '../../cli/migrate/shift/edit-settings.ts'
import { shareOf, stageOfShare } from '../../infra/app/settings/stage-weights.ts'
import { whyNotStage } from '../../infra/app/settings/stages.ts'
import { settingsText } from './migrate-account.ts'
import { aConfiguration, consumer, gatewayPath, nlbPath, soundFacts } from './migrate-facts.ts'

const nowMs = Date.parse('2026-11-21T12:00:00Z')
const facts = soundFacts()
const day = 86_400_000

const aStep = (step: object = {}, ageMs = 3_600_000): MigrationStep =>
  ({
    at: new Date(nowMs - ageMs).toISOString(),
    by: 'jane',
    database: 'orders',
    consumer: 'analytics',
    kind: 'verify',
    applied: false,
    outcome: 'passed',
    summary: 'well',
    evidence: { about: aboutOf(facts) },
    ...step,
  }) as MigrationStep
const preflight = aStep({ kind: 'preflight' })
const verify = aStep()

const failed = (steps: readonly MigrationStep[], changes: Partial<ShiftFacts> = {}) =>
  judgeShift({
    facts,
    live: { nlb: 100, gateway: 0 },
    percent: 5,
    record: { format: 'repoint-migration', version: 1, steps: [...steps] },
    frontDoor: known({ isRight: true, found: 'in-sync' }),
    settingsProblem: undefined,
    nowMs,
    ...changes,
  })
    .filter(isAgainst)
    .map(({ check, fact }) => `${check}: ${fact}`)

it('goes by a preflight and a verification of the last days about what is there now', () => {
  expect(failed([preflight, verify])).toEqual([])
  // A step that does not say what it was about is evidence of nothing.
  expect(failed([preflight, aStep({ evidence: undefined })])).toEqual([expect.stringContaining('does not say which')])
  expect(failed([preflight, aStep({}, 8 * day)])).toHaveLength(1)
})

it('takes no word about an endpoint or a configuration that has been replaced since', () => {
  const consumerSide = { gateway: known({ ...gatewayPath, endpointId: 'vpce-new' }) }
  const provider = { configuration: known({ ...aConfiguration, id: 'rcfg-new' }) }

  const [first = '', second = '', ...more] = failed([preflight, verify], {
    facts: soundFacts({ consumerSide, provider }),
  })

  expect([first, second, more]).toEqual([expect.stringMatching(/^preflight: /), expect.any(String), []])
  expect(second).toMatch(/vpce-gateway.*vpce-new.*rcfg-0123456789abcdef0.*rcfg-new/)
})

it.each<[string, object]>([
  ['a drill that failed', { kind: 'drill', outcome: 'failed' }],
  ['a rollback', { kind: 'rollback', applied: true, outcome: 'done' }],
  ['a watch that went back', { kind: 'watch', applied: true, outcome: 'rolled-back' }],
])('after %s asks for a new verification', (_, step) => {
  const since = aStep({ ...step, evidence: undefined }, 60_000)

  expect(failed([preflight, verify, since])).toEqual([expect.stringMatching(/^verify: .* since then /)])
  expect(failed([preflight, since, { ...verify, at: new Date(nowMs).toISOString() }])).toEqual([])
  // Two people's files put together: what is dated later is later.
  expect(failed([preflight, since, verify])).toEqual([expect.stringMatching(/^verify: .* since then /)])
})

it('lets a drill that passed, and a rollback of another consumer, leave the word as it is', () => {
  const drill = aStep({ kind: 'drill' }, 60_000)
  const other = aStep({ kind: 'rollback', applied: true, outcome: 'done', consumer: 'reports' }, 60_000)

  expect(failed([preflight, verify, drill, other])).toEqual([])
})

it('takes no preflight of the provider alone, and none that is to come', () => {
  const { consumer: _, ...ofProvider } = preflight

  expect(failed([ofProvider, verify])).toEqual([
    'preflight: The record has no preflight of analytics to go by: there is none.',
  ])
  expect(failed([preflight, aStep({}, -day)])).toEqual([expect.stringContaining('which is still to come')])
})

it('is refused where a record leads elsewhere than to its endpoint', () => {
  const consumerSide = { gateway: known({ ...gatewayPath, leads: false }) }

  expect(failed([preflight, verify], { facts: soundFacts({ consumerSide }) })).toEqual([
    'gateway-path: The path through the gateway is not there: vpce-gateway is available, and the record repoint-gateway leads elsewhere.',
  ])
})

it("is refused beside records that are not Repoint's", () => {
  const others = [{ Name: consumer.hostname, Type: 'A' as const, SetIdentifier: 'canary', Weight: 100 }]

  expect(failed([preflight, verify], { others })).toEqual([
    "other-records: The name has records beside the two paths', which keep a share: canary (weight 100, 50 % of new connections).",
  ])
})

it.each([
  [{ nlb: 1, gateway: 255 }, 99],
  [{ nlb: 255, gateway: 1 }, 1],
  [{ nlb: 0, gateway: 255 }, 100],
  [{ nlb: 255, gateway: 0 }, 0],
  [{ nlb: 0, gateway: 0 }, 50],
])('calls weights of %j a share of %i in a hundred', (live, share) => {
  expect(shareOf(live)).toBe(share)
})

it('asks for everything also where the share grows by less than one', () => {
  expect(failed([], { live: { nlb: 1, gateway: 255 }, percent: 100 })).toHaveLength(2)
  expect(failed([], { live: { nlb: 254, gateway: 1 }, percent: 1 })).toHaveLength(2)
  expect(failed([], { live: { nlb: 1, gateway: 255 }, percent: 99 })).toEqual([])
})

it('leaves settings that are valid after every move of a chain', () => {
  let said: Parameters<typeof fromOf>[0] = { stage: 'shadow', from: 'nlb' }
  let live = 0
  for (const percent of [5, 50, 100, 40, 0, 1, 0]) {
    const stage = stageOfShare(percent)
    const from = fromOf(said, stageOfShare(live), stage)
    expect(whyNotStage(from, stage)).toBeUndefined()
    said = { stage, from }
    live = percent
  }
})

it('rolls back without the answer of an EC2 that does not come', async () => {
  const clients = { ec2: async () => ({ describeVpcEndpoints: () => new Promise(() => {}) }) } as unknown as Clients

  const endpoint = (await findNlbEndpoint(clients, consumer, 1))(undefined)

  expect(endpoint).toEqual({ kind: 'unknown', why: 'EC2 has not answered within 0.001 s.' })
  expect(whyNotBack({ name: 'db', nlb: { Name: 'db', Type: 'A' } }, endpoint)).toBeUndefined()
})

it('finds the way back on any page, and is refused where it is gone for good alone', async () => {
  const pages = [
    { VpcEndpoints: [], NextToken: '2' },
    {
      VpcEndpoints: [
        { VpcEndpointId: 'vpce-nlb', State: 'PendingAcceptance', DnsEntries: [{ DnsName: nlbPath.dnsName }] },
      ],
    },
  ]
  const ec2 = {
    describeVpcEndpoints: ({ NextToken }: { NextToken?: string }) => Promise.resolve(pages[NextToken ? 1 : 0]),
  }
  const nlb = {
    Name: 'db',
    Type: 'A' as const,
    AliasTarget: { DNSName: `dualstack.${nlbPath.dnsName}.`, HostedZoneId: 'Z', EvaluateTargetHealth: false },
  }

  const endpoint = (await findNlbEndpoint({ ec2: async () => ec2 } as unknown as Clients, consumer))(nlb)

  expect(endpoint).toEqual(known({ id: 'vpce-nlb', state: 'pendingacceptance' }))
  const why = (state: string) => whyNotBack({ name: 'db', nlb }, known({ id: 'vpce-nlb', state }))
  for (const state of ['pendingacceptance', 'deleting', 'deleted', 'failed', 'rejected'])
    expect(why(state)).toContain(state)
  for (const state of ['available', 'pending', 'partial', 'unknown']) expect(why(state)).toBeUndefined()
})

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends in order at %s', async signal => {
  let isAborted = false
  const folder = mkdtempSync(join(tmpdir(), 'signal-'))
  const settings = join(folder, 'repoint.json')
  writeFileSync(settings, settingsText)

  await runWith({ settings }, async context => {
    process.emit(signal)
    isAborted = context.signal.aborted
    return exitCodes.ok
  })

  rmSync(folder, { recursive: true })
  expect(isAborted).toBe(true)
})

it('says what to write by hand, and what happens otherwise, where the settings cannot be written', () => {
  const change = { stage: 'shadow', from: 'shift' } as const

  const { isWritten, note } = writeEdit('/proc/version', { list: 'consumers', name: 'analytics' }, change)

  expect(isWritten).toBe(false)
  expect(note).toContain('the next deployment moves the weights again or is refused')
  expect(note).toContain('"gateway": {"stage":"shadow","from":"shift"}')
})

it.each([
  ['the file cannot be read', 'the file cannot be read'],
  [
    'repoint.json has 2 problems:\n  - orders: one\n  - users: two',
    'repoint.json has 2 problems: orders: one; users: two',
  ],
])('tells what the settings refuse in one line: %j', (why, says) => {
  expect(judgeSettingsEdit(why).fact).toBe(`The settings cannot hold it (${says}).`)
})
