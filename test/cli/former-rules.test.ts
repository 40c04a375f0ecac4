import { describe, expect, it } from 'vitest'
import type { Clients } from '../../cli/aws/clients.ts'
import { pause, resume } from '../../cli/facts/pausing.ts'
import { readRules } from '../../cli/facts/wake.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'

/** A stack that was deployed when a cluster had three rules, and is looked at by a command of today. */
const database = { id: 'ledger', kind: 'cluster', wakeOn: [] } as unknown as DatabaseSettings

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html#API_DescribeRule_Errors */
const noRule = (name: string) =>
  Object.assign(new Error(`Rule ${name} does not exist on EventBus default.`), { name: 'ResourceNotFoundException' })

const anAccount = (...names: readonly string[]) => {
  const states = new Map(names.map(it => [`repoint-ledger-${it}`, 'ENABLED']))
  const eventBridge = {
    describeRule: async ({ Name = '' }: { Name?: string | undefined }) => {
      if (!states.has(Name)) throw noRule(Name)
      return { State: states.get(Name) } as never
    },
    disableRule: async ({ Name = '' }) => void states.set(Name, 'DISABLED'),
    enableRule: async ({ Name = '' }) => void states.set(Name, 'ENABLED'),
  }
  const scheduler = { getSchedule: async () => ({ Target: {} }), updateSchedule: async () => ({}) }
  const clients = { eventBridge: async () => eventBridge, scheduler: async () => scheduler } as unknown as Clients
  return { clients, eventBridge, states: () => [...states.values()] }
}

describe('rules of an older stack', () => {
  const all = ['database-events', 'member-events', 'blue-green-events']

  it('are disabled and enabled with the one of today, as long as they are there', async () => {
    const { clients, states } = anAccount(...all)
    const note = { reason: 'work', by: 'jane', untilMs: Date.parse('2026-12-01T00:00:00Z') }
    await pause({ clients, undoing: clients, database }, note as never)
    expect(states()).toEqual(['DISABLED', 'DISABLED', 'DISABLED'])

    await resume({ clients, database })
    expect(states()).toEqual(['ENABLED', 'ENABLED', 'ENABLED'])
  })

  it('are missed by nobody where they are gone; the one of today is', async () => {
    const names = (rules: readonly { name: string }[]) => rules.map(({ name }) => name)

    expect(names(await readRules(anAccount('database-events').eventBridge as never, database))).toEqual([
      'repoint-ledger-database-events',
    ])
    await expect(readRules(anAccount('member-events').eventBridge as never, database)).rejects.toThrow('does not exist')
  })
})
