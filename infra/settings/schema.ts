import * as v from 'valibot'
import { consumer } from './consumer.ts'
import { database, tags } from './database.ts'
import * as words from './words.ts'

/**
 * The shape of repoint.json. What one field says about another stands beside the fields as partial checks, so that it
 * is reported together with everything else that is wrong.
 */
export const settingsSchema = words.closed({
  $schema: v.optional(v.string('a path or a URL')),
  databases: v.pipe(words.listOf(database, 'a list of databases'), v.minLength(1, 'at least one database')),
  consumers: v.optional(words.listOf(consumer, 'a list of consumers'), []),
  tags: v.optional(tags, {}),
})

export type SettingsFile = v.InferOutput<typeof settingsSchema>
