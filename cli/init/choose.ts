import { askLine } from '../ask-line.ts'
import { exitCodes } from '../exit-codes.ts'
import type { ListedDatabase, Listing } from '../facts/find-database.ts'
import { CliError, UsageError } from '../failure.ts'
import type { Output } from '../output.ts'
import { showTable } from '../text/table.ts'

/** Asks where somebody is there to answer. @throws UsageError with the list where nobody is */
export const chooseFrom = async (listing: Listing, out: Output, signal: AbortSignal): Promise<ListedDatabase> => {
  const { databases, unread } = listing
  for (const why of unread) out.warn(why)
  if (databases.length === 0) {
    throw new CliError('RDS lists no database here. Check --region and --profile.', exitCodes.notFound)
  }
  const table = showTable({
    head: ['database', 'kind', 'engine', 'members'],
    rows: databases.map(it => [it.id, it.kind, it.engine, it.members.join(', ')]),
  })
  if (!process.stdin.isTTY || out.isJson) {
    throw new UsageError(
      `Which database? Name one of these, for example \`repoint init ${databases[0]?.id}\`:\n${table}`,
    )
  }
  out.note(table)
  const asked = await askLine('Which database?', signal)
  const found = databases.find(it => it.id === asked)
  if (found === undefined)
    throw new UsageError(`There is no database ${asked || 'of no name'} in the list. Nothing was written.`)
  return found
}
