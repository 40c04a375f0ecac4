import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import { settingsSchema } from './settings/settings-schema.ts'

/** repoint.schema.json, for editors. Checks between fields have no equivalent there. */
export const settingsJsonSchema = (): string => {
  const schema = toJsonSchema(settingsSchema, { typeMode: 'input', errorMode: 'ignore' })
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
