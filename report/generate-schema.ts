import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { toJsonSchema } from '@valibot/to-json-schema'
import { recordSchema } from './record.ts'

/** report/record.schema.json, for whoever reads records with other tools. */
export const recordJsonSchema = (): string => {
  const schema = toJsonSchema(recordSchema, { typeMode: 'input', errorMode: 'ignore' })
  return `${JSON.stringify({ title: 'Record of a Repoint drill or rehearsal', ...schema }, undefined, 2)}\n`
}

export const recordSchemaFile = fileURLToPath(new URL('./record.schema.json', import.meta.url))

const write = (): void => {
  writeFileSync(recordSchemaFile, recordJsonSchema())
  const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url))
  execFileSync(biome, ['format', '--write', recordSchemaFile])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write()
