import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import { grammarDescriptions } from './settings/grammar-descriptions.ts'
import { settingsSchema } from './settings/settings-schema.ts'

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

export const jsonSchemaFile = fileURLToPath(new URL('../../repoint.schema.json', import.meta.url))

const write = (): void => {
  writeFileSync(jsonSchemaFile, settingsJsonSchema())
  execFileSync(fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url)), [
    'format',
    '--write',
    jsonSchemaFile,
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write()
