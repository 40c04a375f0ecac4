import type { MemberView, Observation, Target } from '../model.ts'
import { isIn, writerTargets } from './targets.ts'

/**
 * States in which a member serves nobody and will not soon, by the names of
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html. A restart is left to the health check: it
 * is over sooner than a registration.
 */
const gone = new Set(['creating', 'deleting', 'failed', 'stopping', 'stopped', 'starting', 'storage-full'])

const isGone = ({ status }: MemberView): boolean =>
  gone.has(status) || /^(incompatible|inaccessible|insufficient)-/.test(status)

export const availableMembers = (
  members: readonly MemberView[],
  exclude: readonly string[] = [],
): readonly MemberView[] =>
  members.filter(member => !isGone(member) && !exclude.some(id => id.toLowerCase() === member.id.toLowerCase()))

/** Whether every member that serves has been located: only then is a registration known to be nobody's. */
export const isWhole = (members: readonly MemberView[] | undefined): members is readonly MemberView[] =>
  members !== undefined && members.length > 0 && availableMembers(members).every(member => member.addresses.length > 0)

/** Whether an address belongs to the writer or to a member, in whatever state. */
export const isMembers =
  ({ writer, members = [] }: Observation) =>
  ({ ip }: Target): boolean =>
    (writer.kind !== 'unknown' && writer.addresses.includes(ip)) ||
    members.some(member => member.addresses.includes(ip))

/** The members that are surely readers: at another address than the writer, and not flagged while that is in doubt. */
export const readerTargets = (
  { writer, members = [] }: Observation,
  { port, exclude }: { readonly port: number; readonly exclude?: readonly string[] },
): readonly Target[] => {
  const isWriters = isIn(writerTargets(writer, port))
  return availableMembers(members, exclude)
    .filter(member => !member.isWriter || writer.kind === 'settled')
    .flatMap(member => member.addresses)
    .map(ip => ({ ip, port }))
    .filter(target => !isWriters(target))
}
