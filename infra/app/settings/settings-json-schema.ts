import { toJsonSchema } from '@valibot/to-json-schema'
import { grammarDescriptions } from './grammar-descriptions.ts'
import { ownAlone } from './inherit.ts'
import type { List } from './settings-rule.ts'
import { settingsSchema } from './settings-schema.ts'

interface Part {
  description?: string
  required?: readonly string[]
  properties: Record<string, Part>
}

type Lists = Record<List, { readonly items: Part }> & { defaults: Part }

/** repoint.schema.json, for editors. Checks between fields have no equivalent there. */
export const settingsJsonSchema = (): string => {
  const schema = toJsonSchema(settingsSchema, { typeMode: 'input', errorMode: 'ignore' })
  const lists = schema.properties as unknown as Lists
  const database = lists.databases.items
  for (const [part, descriptions] of Object.entries(grammarDescriptions)) {
    for (const [name, description] of Object.entries(descriptions)) {
      const setting = database.properties[part]?.properties[name]
      if (setting === undefined) throw new Error(`there is no setting ${part}.${name} to describe`)
      setting.description = description
    }
  }
  lists.defaults = { ...lists.defaults, ...defaultsOf(database) }
  // What defaults and vpcs may give, an entry need not.
  mayBeInherited(database, ['engine'])
  for (const { items } of [lists.loadBalancers, lists.endpoints, lists.consumers]) {
    mayBeInherited(items, ['vpcId', 'subnets'])
  }
  return `${JSON.stringify({ title: 'Repoint settings', ...schema }, undefined, 2)}\n`
}

/** A database's settings, of which none is required. */
const defaultsOf = (database: Part): Part => {
  const { properties, ...rest } = JSON.parse(
    JSON.stringify(database, (key, value) => (key === 'required' && Array.isArray(value) ? undefined : value)),
  ) as Part
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !ownAlone.includes(key))),
  }
}

const mayBeInherited = (entry: Part, names: readonly string[]): void => {
  entry.required = (entry.required ?? []).filter(it => !names.includes(it))
}
