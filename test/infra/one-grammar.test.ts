import { Fn } from 'aws-cdk-lib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { type DatabaseSettings, parseSettings } from '../../infra/app/settings.ts'
import { assertConfig } from '../../infra/constructs/assert-config.ts'
import { existingDoors, reconcilerConfig } from '../../infra/constructs/reconciler-config.ts'
import { aCluster, anInstance, created, type Entry } from './settings-fixture.ts'

const groupArn = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${name}/0123456789abcdef`
const listenerArn =
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/net/orders/0123456789abcdef/0123456789abcdef'

/** What the stack would hand to the function; ARNs of its own resources are known only to CloudFormation. */
const doorsOf = ({ frontDoor, readers }: DatabaseSettings) => {
  if (frontDoor.kind === 'existing') return existingDoors(frontDoor, readers)
  return {
    targetGroups: Array.from({ length: frontDoor.slots }, (_, index) => Fn.ref(`Group${index}`)),
    ...(frontDoor.strategy === 'weighted' ? { listener: Fn.ref('Listener') } : {}),
    ...(readers ? { readers: Fn.ref('Readers') } : {}),
  }
}

const assertTaken = (database: DatabaseSettings) =>
  assertConfig(database.id, reconcilerConfig(database, doorsOf(database)))

const accepted = (entry: Entry): DatabaseSettings | undefined => {
  try {
    return parseSettings('repoint.json', JSON.stringify({ databases: [entry] })).databases[0]
  } catch (error) {
    if (error instanceof SettingsError) return undefined
    throw error
  }
}

/** Mostly right and at an edge, sometimes wrong or absent. */
const mostly = <T>(right: readonly T[], wrong: readonly T[]) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...right) },
    { weight: 20, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  )
const duration = mostly([6001, 30_000, 60_000, 400_000], [999, 1000, 6000, 840_001])
const memberList = mostly<string[]>([[], ['ledger-1'], ['Ledger-2', 'ledger-3']], [['']])

const frontDoor = fc.oneof(
  fc.record({
    kind: fc.constant('create'),
    databaseSecurityGroupId: fc.constant(false),
    strategy: fc.constantFrom('swap', 'swap', 'standby'),
  }),
  fc.record({
    kind: fc.constant('create'),
    databaseSecurityGroupId: fc.constant(false),
    strategy: fc.constant('weighted'),
    slots: mostly([2, 5], [1, 6]),
    overlap: mostly([true, false], ['yes' as never]),
    exclude: memberList,
  }),
  fc.record({ kind: fc.constant('existing'), targetGroupArn: mostly([groupArn('one')], ['one']) }),
  fc.record({
    kind: fc.constant('existing'),
    strategy: fc.constant('weighted'),
    targetGroupArns: mostly(
      [['one', 'two'].map(groupArn)],
      [['one'], ['one', 'one']].map(it => it.map(groupArn)),
    ),
    listenerArn: mostly([listenerArn], [groupArn('listener')]),
  }),
)

const changes = fc.record({
  endpoint: mostly(['orders.example.com', 'orders.internal'], ['10.0.0.1', 'a..b', 'a.']),
  port: mostly([1, 5432, 65_535], [0, 65_536]),
  allowedCidrs: mostly([['10.0.0.0/8'], ['172.16.0.0/12', '192.0.2.7/32']], [[], ['10.0.0.0/33'], ['0.0.0.0/0']]),
  watch: fc.record({ startedMs: duration, completedMs: duration, rebootMs: duration, healthyMs: duration }),
  rememberMs: mostly([0, 300_000, 3_600_000], [-1, 3_600_001, 0.5]),
  settle: fc.record({
    answers: mostly([1, 3, 6], [0, 60, 101]),
    intervalMs: mostly([100, 1000, 5000], [99, 60_000]),
    spanMs: mostly([0, 3000, 6000], [-1, 59_999, 120_000]),
  }),
  policies: mostly([['paused'], ['dry-run', 'add-only']], [['pause']]),
  eventBus: mostly(['default', 'arn:aws:events:eu-west-1:111122223333:event-bus/databases'], ['', 'two words']),
  dnsServers: mostly([['10.0.0.2:53', '10.0.0.3'], []], [['300.1.1.1'], ['10.0.0.2:99999'], ['dns.internal']]),
  readers: mostly<Entry>(
    [{}, { exclude: ['ledger-9'] }, { writerWhenAlone: true }],
    [{ targetGroupArn: groupArn('readers') }, { targetGroupArn: groupArn('one') }],
  ),
  frontDoor: fc.oneof(fc.constant(undefined), frontDoor),
})

const withoutGaps = (entry: object): Entry => JSON.parse(JSON.stringify(entry))

describe('one grammar', () => {
  it('whatever the settings accept, the function accepts', () => {
    let taken = 0
    fc.assert(
      fc.property(fc.constantFrom(anInstance, aCluster), changes, (base, change) => {
        const database = accepted(base(withoutGaps(change)))
        if (database === undefined) return
        taken += 1
        assertTaken(database)
      }),
      { numRuns: 3000 },
    )
    expect(taken).toBeGreaterThan(300)
  }, 30_000)

  it.each<[string, Entry]>([
    ['an instance', anInstance()],
    ['a standby pair', anInstance({ frontDoor: created('standby') })],
    ['a cluster with slots and readers', aCluster({ frontDoor: created('weighted'), readers: {} })],
  ])('%s is taken with ARNs that nobody knows yet', (_, entry) => {
    const database = accepted(entry)
    expect(database).toBeDefined()
    if (database) assertTaken(database)
  })

  it('a front door that is used twice is found although its ARN is not known yet', () => {
    const database = accepted(aCluster({ readers: {} })) as DatabaseSettings
    const group = Fn.ref('Group')
    const config = reconcilerConfig(database, { targetGroups: [group], readers: group })
    expect(() => assertConfig('ledger', config)).toThrow(
      /REPOINT_CONFIG of ledger has 2 problems:\n.*expected a target group of its own/,
    )
  })
})
