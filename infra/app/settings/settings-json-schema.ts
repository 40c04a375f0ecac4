import { toJsonSchema } from '@valibot/to-json-schema'
import { grammarDescriptions } from './grammar-descriptions.ts'
import { settingsSchema } from './settings-schema.ts'

type Parts = Record<string, { properties: Record<string, { description?: string }> }>

/** repoint.schema.json, for editors. Checks between fields have no equivalent there. */
export const settingsJsonSchema = (): string => {
  const schema = toJsonSchema(settingsSchema, { typeMode: 'input', errorMode: 'ignore' })
  const { databases } = schema.properties as { databases: { items: { properties: Parts } } }
  for (const [part, descriptions] of Object.entries(grammarDescriptions)) {
    for (const [name, description] of Object.entries(descriptions)) {
      const setting = databases.items.properties[part]?.properties[name]
      if (setting === undefined) throw new Error(`there is no setting ${part}.${name} to describe`)
      setting.description = description
    }
  }
  return `${JSON.stringify({ title: 'Repoint settings', ...schema }, undefined, 2)}\n`
}
