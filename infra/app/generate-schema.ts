import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { settingsJsonSchema } from './settings/settings-json-schema.ts'

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
