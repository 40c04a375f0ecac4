import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { none } from '../../cli/facts/gathered.ts'
import { planMigration } from '../../cli/migrate/plan/plan-migration.ts'
import { type Stage, stages } from '../../infra/app/settings/stages.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import {
  type Changes,
  consumerEntry,
  databaseEntry,
  settingsWith,
  soundFacts,
  withoutGateway,
} from '../cli/migrate-facts.ts'
import { aConsumer, anInstance, type Entry, synthesizeEntries, synthesizeFile } from '../infra/settings-fixture.ts'
import { documents } from './documented-commands.ts'

/** Settings that are printed, by the documents or by a command, are settings: each is synthesized. */

interface Snippet {
  readonly where: string
  readonly json: Entry
}

const root = new URL('../../', import.meta.url)
const inDocuments: readonly Snippet[] = documents.flatMap(file => {
  const text = readFileSync(new URL(file, root), 'utf8')
  return [...text.matchAll(/^ *```json\n(.*?)^ *```/gms)].map(found => ({
    where: `${file}:${text.slice(0, found.index).split('\n').length}`,
    json: JSON.parse(found[1] ?? '') as Entry,
  }))
})

/** A policy of IAM is no setting. */
const settings = inDocuments.filter(({ json }) => !('Statement' in json))

const merged = (entry: Entry, more: Entry): Entry => ({ ...entry, ...more })

/** A whole file, an entry, or a part of one beside what is there. */
const filesOf = ({ databases, consumers, ...entry }: Entry): [Entry[], Entry[]] => {
  if (databases !== undefined) return [databases as Entry[], []]
  if (consumers !== undefined) return [[anInstance()], consumers as Entry[]]
  if ('name' in entry) {
    const { gateway } = entry as { gateway?: Entry }
    if (gateway === undefined) return [[anInstance()], [merged(aConsumer(), entry)]]
    const provider = {
      stage: gateway.stage,
      from: gateway.from,
      databaseSecurityGroupId: 'sg-0a1b2c3d4e5f60719',
      principals: ['444455556666'],
    }
    return [[anInstance({ gateway: provider })], [merged(aConsumer(), entry)]]
  }
  return [[merged(entry.kind === 'hostname' ? {} : anInstance(), entry)], []]
}

describe('settings in the documents', () => {
  it.each(settings)('are valid: $where', ({ json }) => {
    if ('defaults' in json) {
      const { databases } = json as { databases: readonly Entry[] }
      expect(parseSettings('repoint.json', JSON.stringify(json)).databases).toHaveLength(databases.length)
      return
    }
    const [databases, consumers] = filesOf(json)
    const { loadBalancers = [], endpoints = [] } = json as { loadBalancers?: Entry[]; endpoints?: Entry[] }
    const file = { loadBalancers, databases, endpoints, consumers }

    expect(Object.keys(synthesizeFile(file)).length).toBe(Object.values(file).flat().length)
  })

  it('are found', () => {
    expect(settings.length).toBeGreaterThanOrEqual(5)
  })
})

/** Both sides where the stage has left them, so that a plan has something to say. */
const at = (stage: Stage): Changes => {
  const share = stage === 'shift' ? { percent: 50 } : {}
  const gone = none('not there')
  const settled = settingsWith(
    { gateway: { ...databaseEntry.gateway, stage, from: stage } },
    { gateway: { ...(stage === 'nlb' ? {} : consumerEntry.gateway), stage, from: stage, ...share } },
  )
  if (stage === 'nlb') return { ...withoutGateway, ...settled }
  if (stage !== 'retired') return settled
  return {
    ...settled,
    provider: { lambda: gone, loadBalancer: gone, endpointService: gone },
    consumerSide: { nlb: gone },
  }
}

const edits = stages.flatMap(from =>
  stages.flatMap(to => {
    const { next } = planMigration(soundFacts(at(from)), { gbPerMonth: 1, arguments: '-d orders', to })
    return next.kind !== 'stage'
      ? []
      : next.steps
          .filter(step => step.do === 'edit')
          .map(({ text }) => ({ from, to, text, json: JSON.parse(/\{.*\}/.exec(text)?.[0] ?? 'null') as Entry }))
  }),
)

describe('settings that `migrate plan` prints', () => {
  it.each(edits)('are valid beside what is there: $from to $to, $text', ({ text, json }) => {
    const isConsumers = text.startsWith('consumer')
    const beside = isConsumers ? consumerEntry.gateway : databaseEntry.gateway
    const gateway = Object.fromEntries(
      Object.entries({ ...beside, ...json }).map(([key, value]) => [
        key,
        typeof value === 'string' && /^<|…/.test(value) ? (consumerEntry.gateway as Entry)[key] : value,
      ]),
    )
    const { stage, from } = json
    const own = isConsumers ? databaseEntry : { ...databaseEntry, gateway }
    const provider = isConsumers ? { ...own, gateway: { ...databaseEntry.gateway, stage, from } } : own
    const consumers = isConsumers ? [{ ...consumerEntry, gateway }] : []

    expect(Object.keys(synthesizeEntries([provider], consumers)).length).toBe(1 + consumers.length)
  })

  it('are found for each way on', () => {
    expect(edits.length).toBeGreaterThan(3)
  })
})
