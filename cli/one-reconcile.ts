import { parseConfig } from '../functions/reconciler/config.ts'
import type { Report } from '../functions/reconciler/ports.ts'
import { reconcile } from '../functions/reconciler/reconcile.ts'
import type { DatabaseSettings } from '../infra/app/settings.ts'
import { type DoorArns, existingDoors, reconcilerConfig } from '../infra/constructs/reconciler-config.ts'
import { explain, isInterruption } from './aws/explain.ts'
import type { Context } from './context.ts'
import { readDeployed } from './facts/deployed.ts'
import { invoke } from './facts/invoke.ts'
import { createPorts } from './facts/reconciler-ports.ts'
import { UsageError } from './failure.ts'
import type { Progress } from './output.ts'

export interface Order {
  readonly action: 'resync' | 'plan'
  /** Here, with the credentials of the person at the keyboard, instead of by the deployed function. */
  readonly isLocal: boolean
  /** For `isLocal`, where neither the function nor the settings know the target group. */
  readonly targetGroupArn?: string
}

/** One reconcile of one database, by the deployed function or here. @throws when it fails. */
export const order = async (
  context: Context,
  database: DatabaseSettings,
  { action, isLocal, targetGroupArn }: Order,
  progress: Progress,
): Promise<Report> => {
  const clients = context.clientsFor(database)
  const { signal, out } = context
  if (!isLocal) {
    const onBusy = () => progress.update(`${database.id}: another run is going on; waiting for its end`)
    return invoke({ clients, database, payload: { action }, signal, onBusy })
  }
  const config = await configFor(context, database, targetGroupArn)
  const note = (text: string) => (out.isTerminal ? progress.update(`${database.id}: ${text}`) : out.note(text))
  const ports = await createPorts({ clients, config, signal, note })
  return reconcile({ kind: action }, config, ports, Number.POSITIVE_INFINITY)
}

/** The function's own configuration where it can be read, since it is what works there; else the settings'. */
const configFor = async (context: Context, database: DatabaseSettings, targetGroupArn: string | undefined) => {
  if (targetGroupArn !== undefined) return configOf(database, namedDoor(database, targetGroupArn))
  try {
    return await readDeployed(context.clientsFor(database), database)
  } catch (error) {
    if (isInterruption(error)) throw error
    const { frontDoor, readers } = database
    if (frontDoor.kind !== 'existing') {
      throw new UsageError(
        `${explain(error).message} Without the function's configuration only you know the target group: say --target-group with its ARN.`,
      )
    }
    context.out.warn(`${explain(error).message} Going by ${context.settingsFile} instead.`)
    return configOf(database, existingDoors(frontDoor, readers))
  }
}

const namedDoor = ({ id, frontDoor, readers }: DatabaseSettings, targetGroupArn: string): DoorArns => {
  if (frontDoor.strategy === 'weighted' || readers !== undefined) {
    throw new UsageError(`${id} has several target groups: --target-group with one of them would leave the others out.`)
  }
  return { targetGroups: [targetGroupArn] }
}

const configOf = (database: DatabaseSettings, doors: DoorArns) =>
  parseConfig(`the settings of ${database.id}`, JSON.stringify(reconcilerConfig(database, doors)))
