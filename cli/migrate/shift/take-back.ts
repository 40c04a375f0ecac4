import type { AccountAccess } from '../../../infra/app/settings/fleet-fields.ts'
import { weightsOfShare } from '../../../infra/app/settings/stage-weights.ts'
import { type Clients, createClients } from '../../aws/clients.ts'
import { isInterruption } from '../../aws/explain.ts'
import type { BareContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { findNlbEndpoint, whyNotBack } from '../../facts/nlb-endpoint.ts'
import { lookAtFrontDoor } from '../../facts/points-at-writer.ts'
import type { RollbackEntry } from '../../facts/rollback-entries.ts'
import { areSame, findZone, liveWeights, readRecords, type WeightedRecords } from '../../facts/weighted-records.ts'
import { CliError } from '../../failure.ts'
import { type Access, sayMoved, showIntended, showNext, showRollbackCommand } from '../../text/weight-move.ts'
import { showOthers, showWeights } from '../../text/weights.ts'
import type { Mover } from '../open.ts'
import { keepTrying } from './keep-trying.ts'
import { moveWeights, sayInterrupted } from './move.ts'
import { repairSettings, sayDrift, sayNothingToMove } from './repair-settings.ts'

/**
 * Sends one consumer's new connections through the load balancer again. It waits for nothing that it can do without: its
 * zone and records are read and written as long as AWS is only busy; settings, record and the look at the load balancer are
 * best effort.
 */

export interface TakingBack {
  readonly context: BareContext
  readonly entry: RollbackEntry
  readonly applies: boolean
  /** Profiles of the provider's account and of the consumer's. */
  readonly profile?: string | undefined
  readonly consumerProfile?: string | undefined
  /** Where the entry names none. */
  readonly region?: string | undefined
  readonly recordFile: string
}

export const takeBack = async (taking: TakingBack): Promise<ExitCode> => {
  const { context, entry, applies } = taking
  const { out, signal } = context
  const { name, zoneName: zone, vpcId } = entry
  const begunMs = performance.now()
  const access = accessOf(taking)
  const lasting = createClients(access)
  const clients = createClients({ ...access, signal })
  const look = findNlbEndpoint(clients, entry)
  const onWait = (why: string) => out.warn(`${name}: not read yet, trying again: ${why}`)
  const records = await keepTrying(
    async () => readRecords(clients, { zoneId: await findZone(clients, entry), name: zone }),
    { signal, onWait },
  )
  const live = liveWeights(records)
  const wanted = weightsOfShare(0)
  const kept = records.others === undefined ? {} : { others: records.others }
  const subject = { database: entry.database, consumer: name, vpcId, now: live, wanted, ...kept }
  const endpoint = (await look)(records.nlb)
  const why = whyNotBack(records, endpoint)
  if (why !== undefined) {
    if (out.isJson) out.result('', { ...subject, outcome: 'refused', why })
    throw new CliError(why, exitCodes.refused)
  }
  if (endpoint.kind === 'unknown') out.warn(`Whether the interface endpoint is there is not known: ${endpoint.why}`)
  const mover = moverFor(taking, lasting)
  sayDrift(out, mover, live)
  const also = sayKept(taking, records)
  if (records.gateway === undefined || areSame(live, wanted)) {
    const repaired = applies ? await repairSettings(mover, { live, percent: 0, kind: 'rollback' }) : undefined
    const { frontDoor, interruption } = await lookAfter(taking)
    const code = sayNothingToMove(mover, { live, percent: 0, repaired, subject: { ...subject, frontDoor }, also })
    if (interruption !== undefined) throw interruption
    return code
  }
  const command = showRollbackCommand(records, access)
  if (!applies) {
    const frontDoor = await sayFrontDoor(taking)
    const intended = { database: { id: entry.database }, consumer: entry, live, wanted, findings: [], paint: out.paint }
    const text = `${showIntended(intended)}${also}\nThis was a dry run: --apply does it. Without this command: ${command}`
    out.result(text, { ...subject, outcome: 'dry-run', command, frontDoor })
    return exitCodes.ok
  }
  const step = { kind: 'rollback', outcome: 'done' } as const
  const onWritten = () => out.note(`${name}: written after ${((performance.now() - begunMs) / 1000).toFixed(1)} s.`)
  const moved = await moveWeights(mover, { percent: 0, records, isFresh: true, step, onWritten }).catch(error => {
    sayInterrupted(out, error, subject)
    if (!isInterruption(error)) out.warn(`The same without this command: ${command}`)
    throw error
  })
  sayMoved(out, moved)
  const { frontDoor, interruption } = await lookAfter(taking)
  const says = `${name} moved: ${showWeights(wanted)}. Kept connections stay on the gateway until they are closed.${also}`
  out.result(`${says}\n${showNext(entry)}`, { ...subject, outcome: 'done', moved, frontDoor })
  if (interruption !== undefined) throw interruption
  return exitCodes.ok
}

/** As the other commands reach it: --profile is of the database's account. */
const accessOf = ({
  entry,
  profile,
  consumerProfile: own,
  region: said,
}: TakingBack): Access & Partial<AccountAccess> => {
  const isOthers = entry.isOfAnotherAccount && entry.access !== undefined
  const consumerProfile = own ?? (isOthers ? undefined : profile)
  const region = entry.region ?? entry.databaseRegion ?? said
  return {
    ...(consumerProfile === undefined ? entry.access : { profile: consumerProfile }),
    ...(region === undefined ? {} : { region }),
  }
}

const moverFor = ({ context, entry, recordFile }: TakingBack, lasting: Clients): Mover => ({
  context,
  database: { id: entry.database },
  consumer: entry,
  consumerFile: entry.file,
  consumerClientsAfterAll: lasting,
  recordFile,
})

/** Of somebody else's records nothing is moved: they keep their share. */
const sayKept = ({ context }: TakingBack, { name, others }: WeightedRecords): string => {
  if (others === undefined) return ''
  const kept = `${name} has records that are not Repoint's, which are left as they are and keep their share: ${showOthers(others)}`
  context.out.warn(`${kept}. Take them out of the hosted zone.`)
  return `\nNot all new connections come back: ${kept}.`
}

/** The weights are back: an interruption now ends the command, after it has said so. */
const lookAfter = async (taking: TakingBack) => {
  try {
    return { frontDoor: await sayFrontDoor(taking) }
  } catch (error) {
    if (!isInterruption(error)) throw error
    const why = 'Interrupted before it was known whether the load balancer points at the writer.'
    return { frontDoor: { kind: 'unknown', why } as const, interruption: new CliError(why, exitCodes.interrupted) }
  }
}

/** A warning and no more: where the gateway is broken, a load balancer that is about to be right is the better path. */
const sayFrontDoor = async ({ context: { out, signal }, entry, profile, region }: TakingBack) => {
  const { database: id, databaseRegion = region } = entry
  const own = {
    ...(profile === undefined ? entry.databaseAccess : { profile }),
    ...(databaseRegion ? { region: databaseRegion } : {}),
  }
  const frontDoor = await lookAtFrontDoor(createClients({ ...own, signal }), { id }, signal)
  const remedy = `\`repoint status -d ${id}\` says more, \`repoint resync -d ${id}\` fixes it.`
  if (frontDoor.kind !== 'known') {
    out.warn(`Whether the load balancer points at the writer is not known: ${frontDoor.why} ${remedy}`)
  } else if (!frontDoor.value.isRight) {
    out.warn(`The load balancer does not point at the writer alone (${frontDoor.value.found}). ${remedy}`)
  }
  return frontDoor
}
