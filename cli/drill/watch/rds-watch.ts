import type { DatabaseSettings } from '../../../infra/app/settings.ts'
import type { Clients } from '../../aws/clients.ts'
import { readRdsEvents } from '../../facts/rds-events.ts'
import { readRds } from '../../facts/rds-view.ts'
import type { Journal } from '../journal.ts'

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
    for (const { atMs, source, message, categories } of await readRdsEvents(clients, database, { sinceMs, members })) {
      if (atMs < sinceMs) continue
      const fields = { source, categories: categories.join(', ') }
      journal.tell('rds', message || 'An event without a message', fields, {
        atMs,
        key: `${source} ${atMs} ${message}`,
      })
    }
  }
  return { lookAtStatus, lookAtEvents, status: () => status }
}
