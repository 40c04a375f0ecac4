import type { Command } from 'commander'
import { weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import { isInterruption } from '../../aws/explain.ts'
import { runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { findNlbEndpoint, whyNotBack } from '../../facts/nlb-endpoint.ts'
import { lookAtFrontDoor } from '../../facts/points-at-writer.ts'
import {
  areSame,
  findZone,
  liveWeights,
  readRecords,
  type WeightedRecords,
  zoneNameOf,
} from '../../facts/weighted-records.ts'
import { CliError } from '../../failure.ts'
import { type MigrateOptions, openMigration, theConsumer } from '../../migrate/open.ts'
import { moveWeights, sayInterrupted } from '../../migrate/shift/move.ts'
import { repairSettings, sayDrift, sayNothingToMove } from '../../migrate/shift/repair-settings.ts'
import { sayMoved, showIntended, showNext } from '../../text/weight-move.ts'
import { showOthers, showWeights } from '../../text/weights.ts'
import { addMigrateOptions } from './options.ts'

export interface RollbackOptions extends MigrateOptions {
  readonly apply?: boolean
}

export const addMigrateRollback = (migrate: Command): void => {
  addMigrateOptions(migrate.command('rollback'))
    .summary('send all new connections through the load balancer again, at once')
    .description(
      "With --apply the gateway's record gets weight 0 and the load balancer's 100, in one change; nothing has to have passed before. Whether the load balancer points at the writer is looked at afterwards, and said. Settings and record follow, also where the weights are so already and the settings are not. Kept connections stay on the gateway until they are closed. Refused (5) where there is no path through the load balancer any more.",
    )
    .option('--apply', 'do it')
    .addHelpText(
      'after',
      `
Examples:
  $ repoint migrate rollback -d orders
  $ repoint migrate rollback -d orders --apply`,
    )
    .action((options: RollbackOptions) => runWith(options, runRollback))
}

export const runRollback = async (context: Context, options: RollbackOptions): Promise<ExitCode> => {
  const { out } = context
  const migration = openMigration(context, options)
  const consumer = theConsumer(migration)
  const { database, clients, consumerClients } = migration
  const name = zoneNameOf(consumer)
  const begunMs = performance.now()
  const look = findNlbEndpoint(consumerClients, consumer)
  const zoneId = await findZone(consumerClients, consumer)
  const records = await readRecords(consumerClients, { zoneId, name })
  const live = liveWeights(records)
  const wanted = weightsOfShare(0)
  const kept = records.others === undefined ? {} : { others: records.others }
  const subject = { database: database.id, consumer: consumer.name, now: live, wanted, ...kept }
  const endpoint = (await look)(records.nlb)
  const why = whyNotBack(records, endpoint)
  if (why !== undefined) {
    if (out.isJson) out.result('', { ...subject, outcome: 'refused', why })
    throw new CliError(why, exitCodes.refused)
  }
  if (endpoint.kind === 'unknown') out.warn(`Whether the interface endpoint is there is not known: ${endpoint.why}`)
  sayDrift(out, migration, live)
  const also = sayKept(out, records)
  const text = showIntended({ database, consumer, live, wanted, findings: [], paint: out.paint })
  if (records.gateway === undefined || areSame(live, wanted)) {
    const repaired = options.apply ? await repairSettings(migration, { live, percent: 0, kind: 'rollback' }) : undefined
    const { frontDoor, interruption } = await lookAfter(context, { clients, database })
    const code = sayNothingToMove(migration, { live, percent: 0, repaired, subject: { ...subject, frontDoor }, also })
    if (interruption !== undefined) throw interruption
    return code
  }
  if (!options.apply) {
    const frontDoor = await sayFrontDoor(context, { clients, database })
    out.result(`${text}${also}\nThis was a dry run: --apply does it.`, { ...subject, outcome: 'dry-run', frontDoor })
    return exitCodes.ok
  }
  const step = { kind: 'rollback', outcome: 'done' } as const
  const onWritten = () => out.note(`Written after ${((performance.now() - begunMs) / 1000).toFixed(1)} s.`)
  const moved = await moveWeights(migration, { percent: 0, records, isFresh: true, step, onWritten }).catch(error => {
    sayInterrupted(out, error, subject)
    throw error
  })
  sayMoved(out, moved)
  const { frontDoor, interruption } = await lookAfter(context, { clients, database })
  const says = `Moved: ${showWeights(wanted)}. Kept connections stay on the gateway until they are closed.${also}`
  out.result(`${says}\n${showNext(consumer)}`, { ...subject, outcome: 'done', moved, frontDoor })
  if (interruption !== undefined) throw interruption
  return exitCodes.ok
}

/** Of somebody else's records nothing is moved: they keep their share. */
const sayKept = ({ warn }: Context['out'], { name, others }: WeightedRecords): string => {
  if (others === undefined) return ''
  const kept = `${name} has records that are not Repoint's, which are left as they are and keep their share: ${showOthers(others)}`
  warn(`${kept}. Take them out of the hosted zone.`)
  return `\nNot all new connections come back: ${kept}.`
}

/** The weights are back: an interruption now ends the command, after it has said so. */
const lookAfter = async (context: Context, where: Parameters<typeof sayFrontDoor>[1]) => {
  try {
    return { frontDoor: await sayFrontDoor(context, where) }
  } catch (error) {
    if (!isInterruption(error)) throw error
    const why = 'Interrupted before it was known whether the load balancer points at the writer.'
    return { frontDoor: { kind: 'unknown', why } as const, interruption: new CliError(why, exitCodes.interrupted) }
  }
}

/** A warning and no more: where the gateway is broken, a load balancer that is about to be right is the better path. */
const sayFrontDoor = async (
  { out, signal }: Context,
  { clients, database }: Pick<ReturnType<typeof openMigration>, 'clients' | 'database'>,
) => {
  const frontDoor = await lookAtFrontDoor(clients, database, signal)
  const remedy = `\`repoint status -d ${database.id}\` says more, \`repoint resync -d ${database.id}\` fixes it.`
  if (frontDoor.kind !== 'known') {
    out.warn(`Whether the load balancer points at the writer is not known: ${frontDoor.why} ${remedy}`)
  } else if (!frontDoor.value.isRight) {
    out.warn(`The load balancer does not point at the writer alone (${frontDoor.value.found}). ${remedy}`)
  }
  return frontDoor
}
