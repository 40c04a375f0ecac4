import type { Weights } from '../../../infra/app/settings/stage-weights.ts'
import type { ShiftFacts } from '../../checks/shift.ts'
import { gatherMigration } from '../../facts/migration.ts'
import { readRecord } from '../../facts/migration-record.ts'
import { lookAtFrontDoor } from '../../facts/points-at-writer.ts'
import {
  findZone,
  liveWeights,
  readRecords,
  type WeightedRecords,
  zoneNameOf,
  zoneOf,
} from '../../facts/weighted-records.ts'
import { type Migration, moverOf, theConsumer } from '../open.ts'
import { prepareEdit } from './edit-settings.ts'
import { settingsFor } from './move.ts'

/** Everything that a share is decided upon. @throws CliError for a damaged record, or where there is no zone */
export const lookBeforeShift = async (
  migration: Migration,
  percent: number,
): Promise<{ readonly situation: ShiftFacts; readonly records: WeightedRecords }> => {
  const { context, database, clients, consumerClients, recordFile } = migration
  const consumer = theConsumer(migration)
  // Refused before anything slow, where it is damaged.
  const record = readRecord(recordFile)
  return context.out.progress(`Looking at both paths of ${consumer.name}`, async () => {
    const [facts, frontDoor, zoneId] = await Promise.all([
      gatherMigration(migration),
      lookAtFrontDoor(clients, database, context.signal),
      findZone(consumerClients, zoneOf(consumer)),
    ])
    // Last, so that what is decided upon is as fresh as can be.
    const records = await readRecords(consumerClients, { zoneId, name: zoneNameOf(consumer) })
    const live = liveWeights(records)
    const settingsProblem = whyNotInSettings(migration, live, percent)
    const { others } = records
    const looked = { facts, live, record, frontDoor, ...(others === undefined ? {} : { others }) }
    return { records, situation: { ...looked, percent, settingsProblem, nowMs: context.now() } }
  })
}

const whyNotInSettings = (migration: Migration, live: Weights, percent: number): string | undefined => {
  try {
    const mover = moverOf(migration)
    const change = settingsFor(mover, live, percent)
    const { consumer, consumerFile: file } = mover
    prepareEdit(migration.context.settingsFile, { list: 'consumers', name: consumer.name, file }, change)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
