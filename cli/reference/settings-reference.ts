import { settingsJsonSchema } from '../../infra/app/settings/settings-json-schema.ts'
import { pageTable } from './reference.ts'

/** A part of a JSON schema, as far as a reference needs it. */
export interface SettingSchema {
  readonly description?: string
  readonly default?: unknown
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SettingSchema>>
  readonly items?: SettingSchema
  /** Of a record: each of its values. */
  readonly additionalProperties?: SettingSchema | boolean
  readonly anyOf?: readonly SettingSchema[]
  readonly oneOf?: readonly SettingSchema[]
}

export interface SettingRow {
  /** `frontDoor.healthCheck.intervalSeconds`; `[]` is each of a list, `*` each of those with a name. */
  readonly path: string
  readonly schema: SettingSchema
  readonly isRequired: boolean
}

/** Every setting below, in the file's order; what has several forms has the settings of all of them, each once. */
export const settingsBelow = (schema: SettingSchema, path = ''): readonly SettingRow[] => {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, its]) => {
    const at = path === '' ? name : `${path}.${name}`
    const isRequired = schema.required?.includes(name) ?? false
    return [{ path: at, schema: its, isRequired }, ...settingsBelow(its, at)]
  })
  const forms = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(form => settingsBelow(form, path))
  const items = schema.items === undefined ? [] : settingsBelow(schema.items, `${path}[]`)
  const { additionalProperties: each } = schema
  const values = typeof each === 'object' ? settingsBelow(each, `${path}.*`) : []
  return [...new Map([...items, ...values, ...forms, ...own].map(row => [row.path, row])).values()]
}

/** The settings file's schema, as editors read it, with a database's settings in one place. */
export const settingsSchema = (): SettingSchema => {
  const schema = JSON.parse(settingsJsonSchema()) as SettingSchema
  const { properties: _, ...defaults } = schema.properties?.defaults ?? {}
  return { ...schema, properties: { ...schema.properties, defaults } }
}

/** docs/settings.md, read from the schema. */
export const settingsReference = (): string => {
  const { properties = {} } = settingsSchema()
  const { databases = {}, loadBalancers = {}, endpoints = {}, consumers = {}, ...others } = properties
  const file = settingsBelow({ properties: others }).filter(({ path }) => path !== '$schema')
  return `${[
    '# Every setting',
    '<!-- Generated from the schema by `npm run docs`. Change the schema (infra/app/settings), not this page. -->',
    'What `repoint.json` may hold, as [the schema](../repoint.schema.json) has it for editors. [deploying.md](deploying.md) says what to do with it, [migrating.md](migrating.md) what `gateway` is about, [consumers.md](consumers.md) what a consumer’s side is. What one setting says about another is checked at synthesis, which names all problems at once.',
    '## The file',
    tableOf(file),
    '## A database',
    'An entry of `databases`.',
    tableOf(settingsBelow(databases.items ?? {})),
    '## A shared load balancer',
    'An entry of `loadBalancers`; a database takes it by `frontDoor.loadBalancer`.',
    tableOf(settingsBelow(loadBalancers.items ?? {})),
    '## A shared endpoint',
    'An entry of `endpoints`; a consumer takes it by `endpoint`.',
    tableOf(settingsBelow(endpoints.items ?? {})),
    '## A consumer',
    'An entry of `consumers`.',
    tableOf(settingsBelow(consumers.items ?? {})),
  ].join('\n\n')}\n`
}

const tableOf = (rows: readonly SettingRow[]): string =>
  pageTable(
    ['setting', 'may be', 'default', 'says'],
    rows.map(({ path, schema, isRequired }) => [
      `\`${path}\``,
      cell(formOf(schema)),
      isRequired ? 'required' : schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``,
      cell(schema.description ?? ''),
    ]),
  )

const cell = (text: string): string => text.replaceAll('|', '\\|')

const formOf = ({ type, enum: choices, const: only, minimum, maximum, items, anyOf, oneOf }: SettingSchema): string => {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (choices) return choices.map(choice => `\`${JSON.stringify(choice)}\``).join(', ')
  if (items) return `a list of ${items.type === 'object' ? 'objects' : items.enum ? formOf(items) : 'texts'}`
  const forms = anyOf ?? oneOf
  if (forms) return [...new Set(forms.map(formOf))].join(' or ')
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  return (
    {
      string: 'a text',
      number: 'a number',
      integer: 'a whole number',
      boolean: '`true`, `false`',
      object: 'an object',
    }[type ?? ''] ?? ''
  )
}
