import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import * as v from 'valibot'
import { nameOf, withStackIds } from '../../infra/app/settings/complete.ts'
import { type AccountAccess, accountAccess } from '../../infra/app/settings/fleet-fields.ts'
import { readWholeFile } from '../../infra/app/settings/inherit.ts'
import { readText } from '../../infra/app/settings/read-text.ts'
import { stackName } from '../../infra/app/settings/resource-names.ts'
import { type Origin, origins, type Stage, stages } from '../../infra/app/settings/stages.ts'
import { UsageError } from '../failure.ts'
import { plain } from './dns-name.ts'

/** What a rollback has to know of a consumer: where its zone is, and what its settings say now. */
export interface RollbackEntry {
  readonly name: string
  /** The settings file that it stands in. */
  readonly file: string
  /** Of the hosted zone. */
  readonly zoneName: string
  readonly vpcId: string
  readonly region?: string
  /** How the accounts of consumer and database are reached, where the settings say so. */
  readonly access?: AccountAccess
  readonly databaseAccess?: AccountAccess
  /** The consumer’s account is another than that of the database, which the file has. */
  readonly isOfAnotherAccount: boolean
  /** The database's id, or its host where the settings name none. */
  readonly database: string
  readonly databaseRegion?: string
  readonly databaseAccount?: string
  /** The database's stack in the app, which names the record where several have its id. */
  readonly stackId?: string
  readonly gateway: { readonly stage: Stage; readonly from: Origin; readonly percent?: number }
}

export interface RollbackEntries {
  readonly entries: readonly RollbackEntry[]
  /** What is wrong in the file, and did not stand in the way. */
  readonly problems: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/**
 * The consumers of a settings file, whatever else is wrong with it: a comma too many, an entry that somebody has begun, a
 * value that no schema takes. Somebody who has to go back has no time to correct a file.
 *
 * @throws UsageError where the file cannot be read
 */
export const readRollbackEntries = (file: string): RollbackEntries => {
  const problems: string[] = []
  const readTolerant = (name: string): unknown => {
    const errors: ParseError[] = []
    const value = parse(readSettingsText(name), errors, { allowTrailingComma: true })
    problems.push(...errors.map(({ error, offset }) => `${name}: ${printParseErrorCode(error)} at character ${offset}`))
    return value
  }
  const { json, placeOf } = readWholeFile(file, readTolerant(file), name => {
    try {
      return JSON.stringify(readTolerant(name) ?? {})
    } catch (error) {
      problems.push((error as Error).message)
      return '{}'
    }
  })
  const whole = fieldsOf(json)
  const read = listOf(whole.consumers).map((it, index) =>
    readEntry(it, { index, file: placeOf('consumers', index).file, whole }),
  )
  return {
    entries: read.flatMap(it => (typeof it === 'string' ? [] : [it])),
    problems: [...problems, ...read.flatMap(it => (typeof it === 'string' ? [`${file}: ${it}`] : []))],
  }
}

const readSettingsText = (file: string): string => {
  try {
    return readText(file)
  } catch (error) {
    throw new UsageError(`The settings ${file} cannot be read: ${(error as Error).message}. Name them with --settings.`)
  }
}

interface Place {
  readonly index: number
  readonly file: string
  readonly whole: Fields
}

const readEntry = (entry: Fields, { index, file, whole }: Place): RollbackEntry | string => {
  const databases = listOf(whole.databases)
  const { name, vpcId, region, dnsName, hostname, database: id } = entry
  if (!isText(name)) return `consumers.${index} has no name`
  const at = databases.findIndex(it => (isText(id) ? nameOf(it) === id : it.endpoint === hostname))
  const database = databases[at]
  const stackId = withStackIds(databases.map(placed))[at]?.stackId
  const host = [dnsName, hostname, database?.endpoint].find(isText)
  if (host === undefined) return `consumer ${name} has neither hostname nor dnsName, and no database of the file`
  if (!isText(vpcId)) return `consumer ${name} has no vpcId`
  const account = entry.account ?? accountOf(database)
  const access = accessTo(whole, account)
  const databaseAccount = accountOf(database)
  const databaseAccess = accessTo(whole, databaseAccount)
  const databaseRegion = regionOf(database)
  return {
    name,
    file,
    ...(access && { access }),
    ...(databaseAccess && { databaseAccess }),
    isOfAnotherAccount: database !== undefined && account !== databaseAccount,
    zoneName: plain(host),
    vpcId,
    ...(isText(region) && { region }),
    database: (database && nameOf(database)) ?? (isText(id) ? id : host),
    ...(databaseRegion && { databaseRegion }),
    ...(isText(databaseAccount) && { databaseAccount }),
    ...(stackId && { stackId }),
    gateway: readGateway(fieldsOf(entry.gateway)),
  }
}

const accessTo = ({ accounts }: Fields, account: unknown): AccountAccess | undefined => {
  const access = fieldsOf(accounts)[String(account)]
  return v.is(accountAccess, access) ? access : undefined
}

const placed = (database: Fields) => {
  const id = nameOf(database) ?? String(database.endpoint)
  const [account, region] = [accountOf(database), regionOf(database)]
  return { id, stackId: stackName({ id }), env: { ...(isText(account) && { account }), ...(region && { region }) } }
}

const regionOf = ({ region, arn }: Fields = {}): string | undefined =>
  isText(region) ? region : isText(arn) ? arn.split(':')[3] : undefined

const accountOf = ({ account, arn }: Fields = {}): unknown => account ?? (isText(arn) ? arn.split(':')[4] : undefined)

const readGateway = ({ stage, from, percent }: Fields): RollbackEntry['gateway'] => ({
  stage: stages.find(it => it === stage) ?? 'nlb',
  from: origins.find(it => it === from) ?? 'nlb',
  ...(typeof percent === 'number' ? { percent } : {}),
})

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])
