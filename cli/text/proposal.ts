import type { ListedDatabase } from '../facts/find-database.ts'
import type { Proposal } from '../init/entry.ts'
import type { Paint } from '../output.ts'
import { showFields } from './table.ts'

export const showProposal = (
  { id, kind, engine }: ListedDatabase,
  { entry, strategy, open }: Proposal,
  paint: Paint,
): string => {
  const { take, why } = strategy
  const advice = take === 'swap' ? `swap: ${why}` : `swap for now; ${take} after a drill: ${why}`
  return [
    `${paint('bold', id)}  ${kind}  ${engine}`,
    showFields([
      ['strategy', advice],
      ['open', open.length === 0 ? 'nothing' : open.join('\n')],
    ]),
    '',
    JSON.stringify(entry, undefined, 2),
  ].join('\n')
}
