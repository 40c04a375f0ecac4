import type { Command } from 'commander'
import { runWith } from '../../common-options.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { CliError } from '../../failure.ts'
import { type MigrateOptions, openMigration, theConsumer } from '../../migrate/open.ts'
import { findNlbEndpoint, whyNotBack } from '../../migrate/shift/back.ts'
import { lookAtFrontDoor } from '../../migrate/shift/front-door.ts'
import { moveWeights } from '../../migrate/shift/move.ts'
import { findZone, readRecords, zoneNameOf } from '../../migrate/shift/route53.ts'
import { showIntended, showNext } from '../../migrate/shift/show.ts'
import { areSame, liveWeights, showWeights, weightsFor } from '../../migrate/shift/weights.ts'
import { addMigrateOptions } from './options.ts'

export interface RollbackOptions extends MigrateOptions {
  readonly apply?: boolean
}

export const addMigrateRollback = (migrate: Command): void => {
  addMigrateOptions(migrate.command('rollback'))
    .summary('send all new connections through the load balancer again, at once')
    .description(
      'With --apply the gateway’s record gets weight 0 and the load balancer’s 100, in one change, after four reads; nothing has to have passed before. Whether the load balancer points at the writer is looked at afterwards, and said. Settings and record follow. Kept connections stay on the gateway until they are closed. Refused (5) where there is no load balancer’s way any more.',
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
  const [zoneId, findEndpoint] = await Promise.all([
    findZone(consumerClients, consumer),
    findNlbEndpoint(consumerClients, consumer),
  ])
  const records = await readRecords(consumerClients, { zoneId, name })
  const live = liveWeights(records)
  const wanted = weightsFor(0)
  const subject = { database: database.id, consumer: consumer.name, now: live, wanted }
  const endpoint = findEndpoint(records.nlb)
  const why = whyNotBack(records, endpoint)
  if (why !== undefined) {
    if (out.isJson) out.result('', { ...subject, outcome: 'refused', why })
    throw new CliError(why, exitCodes.refused)
  }
  if (endpoint.kind === 'unknown') out.warn(`Whether the interface endpoint is there is not known: ${endpoint.why}`)
  const text = showIntended({ database, consumer, live, wanted, checks: [] })
  const isDone = records.gateway === undefined || areSame(live, wanted)
  if (isDone || !options.apply) {
    const door = await sayFrontDoor(context, { clients, database })
    const says = isDone ? `${showWeights(live)}: nothing to do.` : `${text}\nThis was a dry run: --apply does it.`
    out.result(says, { ...subject, outcome: isDone ? 'nothing-to-do' : 'dry-run', frontDoor: door })
    return exitCodes.ok
  }
  const step = { kind: 'rollback', outcome: 'done' } as const
  const onWritten = () => out.note(`Written after ${((performance.now() - begunMs) / 1000).toFixed(1)} s.`)
  const moved = await moveWeights(migration, { percent: 0, records, isFresh: true, step, onWritten })
  for (const note of moved.notes) out.note(note)
  if (!moved.isInSync) out.warn('Route 53 has not said within 5 min that the change is everywhere.')
  const frontDoor = await sayFrontDoor(context, { clients, database })
  const says = `Moved: ${showWeights(wanted)}. Kept connections stay on the gateway until they are closed.`
  out.result(`${says}\n${showNext(consumer)}`, { ...subject, outcome: 'done', moved, frontDoor })
  return exitCodes.ok
}

/** A warning and no more: where the gateway is broken, a load balancer that is about to be right is the better way. */
const sayFrontDoor = async (
  { out, signal }: Context,
  { clients, database }: Pick<ReturnType<typeof openMigration>, 'clients' | 'database'>,
) => {
  const frontDoor = await lookAtFrontDoor(clients, database, signal)
  const cure = `\`repoint status -d ${database.id}\` says more, \`repoint resync -d ${database.id}\` mends it.`
  if (frontDoor.kind !== 'known') {
    out.warn(`Whether the load balancer points at the writer is not known: ${frontDoor.why} ${cure}`)
  } else if (!frontDoor.value.isRight) {
    out.warn(`The load balancer does not point at the writer alone (${frontDoor.value.found}). ${cure}`)
  }
  return frontDoor
}
