import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { readRds } from '../../facts/rds-view.ts'
import type { Journal } from '../journal.ts'

const sourceTypes = { instance: 'db-instance', cluster: 'db-cluster', proxy: 'db-proxy' } as const

/** The status and the events of a database, as the API tells them. */
export const createRdsWatch = (
  clients: Clients,
  database: DatabaseSettings,
  { journal, sinceMs }: { journal: Journal; sinceMs: number },
) => {
  let members: readonly string[] = []
  let status: string | undefined = database.kind === 'hostname' ? undefined : 'unknown'
  const lookAtStatus = async (): Promise<void> => {
    const view = await readRds(clients, database)
    members = view.members
    if (view.status === undefined) return
    if (status !== 'unknown' && view.status !== status) journal.tell('rds', 'Status', { status: view.status })
    status = view.status
    journal.see({ lane: 'rds', subject: database.id, state: status })
    if (view.writer !== undefined) journal.see({ lane: 'rds', subject: 'writer by its API', state: view.writer })
  }
  const lookAtEvents = async (): Promise<void> => {
    if (database.kind === 'hostname') return
    const rds = await clients.rds()
    const own = [database.id, sourceTypes[database.kind]] as const
    for (const [SourceIdentifier, SourceType] of [own, ...members.map(id => [id, 'db-instance'] as const)]) {
      const StartTime = new Date(sinceMs)
      const { Events = [] } = await rds.describeEvents({ SourceIdentifier, SourceType, StartTime })
      for (const { Date: date, Message = '', EventCategories = [] } of Events) {
        const atMs = date?.getTime() ?? Date.now()
        if (atMs < sinceMs) continue
        const fields = { source: SourceIdentifier, categories: EventCategories.join(', ') }
        journal.tell('rds', Message || 'An event without a message', fields, {
          atMs,
          key: `${SourceIdentifier} ${atMs} ${Message}`,
        })
      }
    }
  }
  return { lookAtStatus, lookAtEvents, status: () => status }
}
