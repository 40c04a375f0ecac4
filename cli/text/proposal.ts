import type { ListedDatabase } from '../facts/find-database.ts'
import type { Proposal } from '../init/entry.ts'
import type { Paint } from '../output.ts'
import { inlineAll } from '../terminal.ts'
import { showFields } from './table.ts'

export const showProposal = (listed: ListedDatabase, proposal: Proposal, paint: Paint): string => {
  const { id, kind, engine } = inlineAll(listed)
  const { entry, strategy, open } = inlineAll(proposal)
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
