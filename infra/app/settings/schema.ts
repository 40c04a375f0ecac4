import * as v from 'valibot'
import { consumer } from './consumer.ts'
import { database, tags } from './database.ts'
import { described } from './described.ts'
import * as words from './words.ts'

/**
 * The shape of repoint.json. What one field says about another stands beside the fields as partial checks, so that it
 * is reported together with everything else that is wrong.
 */
export const settingsSchema = v.pipe(
  words.closed({
    $schema: v.optional(v.string('a path or a URL')),
    databases: v.optional(
      described('None where the file is a consumer’s own.', words.listOf(database, 'a list of databases')),
      [],
    ),
    consumers: v.optional(words.listOf(consumer, 'a list of consumers'), []),
    tags: v.optional(tags, {}),
  }),
  v.forward(
    v.partialCheck(
      [['databases'], ['consumers']],
      it => (it.databases ?? []).length + (it.consumers ?? []).length > 0,
      'at least one database, or one consumer in consumers',
    ),
    ['databases'],
  ),
)
