import type { Clients } from '../aws/clients.ts'
import { isInterruption } from '../aws/explain.ts'
import { attempt } from './attempt.ts'
import type { NamedDatabase } from './deployed.ts'
import type { Gathered } from './gathered.ts'
import { invoke } from './invoke.ts'

/** Whether the load balancer points at the writer, as the deployed function sees it from the database's VPC. */
export interface FrontDoorView {
  readonly isRight: boolean
  readonly found: string
}

export const lookAtFrontDoor = async (
  clients: Clients,
  database: NamedDatabase,
  signal: AbortSignal,
): Promise<Gathered<FrontDoorView>> => {
  try {
    return await attempt(async () => {
      const { outcome, reason } = await invoke({ clients, database, payload: { action: 'plan' }, signal })
      return { isRight: outcome === 'in-sync', found: `${outcome}: ${reason}` }
    })
  } catch (error) {
    if (isInterruption(error)) throw error
    return { kind: 'unknown', why: (error as Error).message }
  }
}
