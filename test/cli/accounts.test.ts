import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runConsumer, runDoctor } from '../../cli/commands/doctor.ts'
import { runHistory } from '../../cli/commands/history.ts'
import { type CommonOptions, openContext } from '../../cli/context.ts'
import { exitCodes } from '../../cli/exit-codes.ts'
import { readRollbackEntries } from '../../cli/facts/rollback-entries.ts'
import { type MigrateOptions, moverOf, openMigration, recordFileOf } from '../../cli/migrate/open.ts'
import { prepareRetired, writeRetired } from '../../cli/migrate/retire/edit-retired.ts'
import { openOutput } from '../../cli/output.ts'
import { showFleet } from '../../cli/text/status.ts'
import { consumerEntry, databaseEntry } from './migrate-facts.ts'

/** Three accounts: two by their profiles, one by a role that the second one's profile assumes. */
const shop = '111122223333'
const bank = '444455556666'
const post = '777788889999'
const accounts = {
  [shop]: { profile: 'shop' },
  [bank]: { profile: 'bank' },
  [post]: { profile: 'bank', roleArn: `arn:aws:iam::${post}:role/Repoint`, externalId: 'fleet' },
}
const keys: Readonly<Record<string, string>> = { AKIASHOP: shop, AKIABANK: bank, ASIAPOST: post }

interface Heard {
  readonly asked: string
  readonly by: string | undefined
}

/**
 * STS and Lambda: the shapes of https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html and
 * API_GetCallerIdentity.html, whoever signs.
 */
const heard: Heard[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', text => {
    body += text
  })
  request.on('end', () => {
    const by = keys[/Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '']
    const asked = new URLSearchParams(body).get('Action') ?? request.url ?? ''
    heard.push({ asked: asked === 'AssumeRole' ? body : asked, by })
    if (asked === 'GetCallerIdentity') return response.end(xml(asked, `<Account>${by}</Account>`))
    if (asked === 'AssumeRole') {
      const credentials = `<Credentials><AccessKeyId>ASIAPOST</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`
      return response.end(xml(asked, credentials))
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ FunctionName: `of ${by}` }))
  })
})
const xml = (action: string, result: string) =>
  `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`

const folder = mkdtempSync(join(tmpdir(), 'accounts-'))
const settings = join(folder, 'repoint.json')
const instance = (id: string, account: string, region = 'eu-west-1') => ({
  arn: `arn:aws:rds:${region}:${account}:db:${id}`,
  endpoint: `${id}.abc123.${region}.rds.amazonaws.com`,
  engine: 'postgres',
  frontDoor: {
    kind: 'existing',
    targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${id}/0123456789abcdef`,
  },
})
const fleet = {
  accounts,
  databases: [
    instance('orders', shop),
    instance('orders', shop, 'eu-central-1'),
    instance('orders', bank),
    instance('users', shop),
    instance('letters', post),
  ],
}

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const config = join(folder, 'config')
  const sections = ['shop', 'bank'].map(
    it => `[profile ${it}]\naws_access_key_id = AKIA${it.toUpperCase()}\naws_secret_access_key = s\n`,
  )
  writeFileSync(config, sections.join(''))
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_CONFIG_FILE', config)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'))
})
beforeEach(() => {
  heard.length = 0
  writeFileSync(settings, JSON.stringify(fleet))
})
afterAll(() => {
  vi.unstubAllEnvs()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (options: CommonOptions = {}) =>
  openContext({ ...options, settings }, { signal: new AbortController().signal, env: {} })

const ask = async (options: CommonOptions) => {
  const context = open(options)
  const asked = context.databases.map(async database => {
    const lambda = await context.clientsFor(database).lambda()
    return (await lambda.getFunctionConfiguration({ FunctionName: 'repoint' })).FunctionName
  })
  return Promise.all(asked)
}

describe('a command over several accounts', () => {
  it('reaches each database with its account’s profile, or by its role', async () => {
    expect(await ask({})).toEqual([`of ${shop}`, `of ${shop}`, `of ${bank}`, `of ${shop}`, `of ${post}`])

    const assumed = heard.filter(({ asked }) => asked.includes('AssumeRole'))
    expect(assumed).toEqual([{ asked: expect.stringContaining('ExternalId=fleet'), by: bank }])
  })

  it('asks nothing with the credentials of another account', async () => {
    const wrong = { ...fleet, accounts: { ...accounts, [shop]: { profile: 'bank' } } }
    writeFileSync(settings, JSON.stringify(wrong))

    await expect(ask({ database: ['users'] })).rejects.toThrow(
      `The profile bank is of account ${bank}, and this is about ${shop}: correct it in accounts of the settings.`,
    )
    expect(heard.map(it => it.asked)).toEqual(['GetCallerIdentity'])
  })

  it('asks with --profile of the one account that it is about, and with no other', async () => {
    expect(await ask({ account: bank, profile: 'bank' })).toEqual([`of ${bank}`])
    await expect(ask({ database: ['users'], profile: 'bank' })).rejects.toThrow('The profile bank is of account')
    expect(() => open({ profile: 'shop' })).toThrow(
      `--profile shop is of one account, and these databases are of 3: ${shop}, ${bank}, ${post}. Choose one with --account, or leave --profile out to use accounts of the settings.`,
    )
  })

  it('asks a consumer’s account as the settings say, with --profile for the database’s', async () => {
    const consumer = { ...consumerEntry, database: 'users', account: bank, gateway: undefined }
    writeFileSync(settings, JSON.stringify({ ...fleet, consumers: [consumer] }))
    const whose = async (options: MigrateOptions) => {
      const { clients, consumerClients } = openMigration(open({ database: ['users'], ...options }), options)
      const asked = [clients, consumerClients].map(async it =>
        (await it.lambda()).getFunctionConfiguration({ FunctionName: 'repoint' }),
      )
      return (await Promise.all(asked)).map(it => it.FunctionName)
    }

    expect(await whose({ profile: 'shop' })).toEqual([`of ${shop}`, `of ${bank}`])
    await expect(whose({ consumerProfile: 'shop' })).rejects.toThrow(
      `The profile shop is of account ${shop}, and this is about ${bank}: name another one.`,
    )
  })

  it('asks about a consumer with its account’s credentials, and goes on where this machine has none of them', async () => {
    const consumer = { ...consumerEntry, database: 'users', account: bank, gateway: undefined }
    const examine = async (given: object) => {
      heard.length = 0
      writeFileSync(settings, JSON.stringify({ ...fleet, accounts: given, consumers: [consumer] }))
      const said: string[] = []
      const out = { ...openOutput({ json: false }), result: (text: string) => said.push(text) }
      const context = openContext({ settings }, { signal: new AbortController().signal, env: {}, out })
      await runConsumer(context, { consumer: consumer.name, dns: ['127.0.0.1:1'] })
      const byWhom = heard.filter(({ asked }) => asked === 'DescribeVpcEndpoints').map(({ by }) => by)
      return { said: said.join('\n'), asked: [...new Set(byWhom)] }
    }

    expect(await examine(accounts)).toMatchObject({ asked: [bank] })
    expect(await examine({ ...accounts, [bank]: { profile: 'gone' } })).toEqual({
      said: expect.stringMatching(
        /AWS cannot be asked from here:[\s\S]*accounts of the settings: there is no profile\s+gone/,
      ),
      asked: [],
    })
  })

  it('goes on where one account cannot be reached, and says of which database that is', async () => {
    const lost = {
      ...fleet,
      accounts: { ...accounts, [post]: { profile: 'gone' } },
      databases: fleet.databases.slice(3),
    }
    writeFileSync(settings, JSON.stringify(lost))
    const said: string[] = []
    const out = {
      ...openOutput({ env: { CI: 'true' } }),
      result: (text: string) => said.push(text),
      note: (text: string) => said.push(text),
    }
    const { signal } = new AbortController()
    const context = openContext({ settings }, { signal, env: {}, out })
    const why = 'accounts of the settings: there is no profile gone in'

    expect(await runHistory(context, { since: 3_600_000 })).toBe(exitCodes.usage)
    expect(said).toEqual([
      expect.stringContaining(`repoint: letters: ${why}`),
      expect.stringMatching(/^users {2}since .*: failovers not known/),
    ])
    said.length = 0
    expect(await runDoctor(context, {})).toBe(exitCodes.findings)
    expect(said.join('\n')).toMatch(new RegExp(`users  instance in eu-west-1[^]*letters[^]*access[^]*${why}`))
  })

  it('takes no database for another of the same id', () => {
    const several = `Several databases have this id: orders in eu-west-1 of account ${shop}, orders in eu-central-1 of account ${shop}`
    const chosen = (options: CommonOptions) =>
      open({ database: ['orders'], ...options }).databases.map(it => it.stackId)

    expect(() => open({ database: ['orders'] })).toThrow(
      `${several}, orders in eu-west-1 of account ${bank}. Choose with`,
    )
    expect(() => open({ database: ['orders'], account: shop })).toThrow(
      `${several}. Choose with --account or --region.`,
    )
    expect(chosen({ account: bank })).toEqual([`Repoint-orders-${bank}-eu-west-1`])
    expect(chosen({ region: 'eu-central-1' })).toEqual([`Repoint-orders-${shop}-eu-central-1`])
    expect(() => open({ database: ['users'], account: bank })).toThrow(
      `Not in account ${bank}: users in eu-west-1 of account ${shop}. Leave --account out`,
    )
  })

  it('records the migration of each of several of one id by itself', () => {
    const { databases } = open({})
    const files = databases.map(it => recordFileOf({ settingsFile: 'repoint.json' }, {}, it))

    expect(files).toEqual([
      `repoint.Repoint-orders-${shop}-eu-west-1.migration.json`,
      `repoint.Repoint-orders-${shop}-eu-central-1.migration.json`,
      `repoint.Repoint-orders-${bank}-eu-west-1.migration.json`,
      'repoint.migration.json',
      'repoint.migration.json',
    ])
  })

  it('has request rates for each account and Region, and one of Route 53 for an account', () => {
    const context = open({})
    const [orders, elsewhere, bankOrders, users] = context.databases.map(it => context.clientsFor(it))

    expect(users).toBe(orders)
    expect(new Set([orders, elsewhere, bankOrders]).size).toBe(3)
  })
})

describe('the table of a fleet', () => {
  const unread = (database: string, account: string) => ({
    database,
    account,
    region: 'eu-west-1',
    error: 'denied',
    exitCode: 1,
  })
  const shown = (...statuses: Parameters<typeof showFleet>[0]) => showFleet(statuses, 0, (_, text) => text).split('\n')

  it('has accounts and Regions where there are several, and counts them', () => {
    const [head, first, second, , end] = shown(unread('orders', shop), unread('orders', bank))

    expect(head).toMatch(/^DATABASE +ACCOUNT +REGION +STATE /)
    expect(first).toMatch(/^orders +111122223333 +eu-west-1 +unknown /)
    expect(second).toMatch(/^orders +444455556666 +eu-west-1 +unknown /)
    expect(end).toBe('2 databases in 2 accounts: 0 healthy, 2 need attention')
  })

  it('has neither where there is one', () => {
    expect(shown(unread('orders', shop), unread('users', shop))[0]).toMatch(/^DATABASE +STATE /)
  })
})

describe('settings in several files', () => {
  const part = join(folder, 'accounts', 'shop.json')
  const first = {
    accounts,
    files: ['accounts/shop.json'],
    vpcs: { away: { vpcId: consumerEntry.vpcId, subnets: consumerEntry.subnets } },
  }
  const { vpcId: _, subnets: __, ...consumer } = { ...consumerEntry, account: bank }
  const provider = { ...databaseEntry, gateway: { ...databaseEntry.gateway, principals: [bank] } }
  beforeEach(() => {
    mkdirSync(join(folder, 'accounts'), { recursive: true })
    writeFileSync(settings, JSON.stringify(first))
    writeFileSync(part, JSON.stringify({ databases: [provider], consumers: [{ ...consumer, vpc: 'away' }] }))
  })

  it('are edited where the entry stands, and judged as a whole', () => {
    const context = open({})
    const migration = openMigration(context, {})
    const gateway = { stage: 'gateway', from: 'shift' }
    writeFileSync(
      part,
      JSON.stringify({
        databases: [{ ...provider, gateway: { ...provider.gateway, ...gateway } }],
        consumers: [
          { ...consumer, vpc: 'away', gateway: { ...consumerEntry.gateway, ...gateway, percent: undefined } },
        ],
      }),
    )

    expect(moverOf(migration).consumerFile).toBe(part)
    const step = { step: 'consumers', database: migration.database, consumers: [{ name: 'analytics' }] } as const
    expect(Object.keys(prepareRetired(settings, step))).toEqual([part])
    expect(writeRetired(settings, step)).toContain(`${part} says now: consumer analytics`)
    expect(JSON.parse(readFileSync(part, 'utf8'))).toMatchObject({ consumers: [{ gateway: { stage: 'retired' } }] })
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toEqual(first)
    writeRetired(settings, { step: 'provider', database: migration.database, consumers: [] })
    expect(JSON.parse(readFileSync(part, 'utf8'))).toMatchObject({ databases: [{ gateway: { stage: 'retired' } }] })
  })

  it('have the record of a rollback where that of the database’s other steps is', () => {
    const hostname = 'orders.def456.eu-west-1.rds.amazonaws.com'
    const databases = fleet.databases.with(2, { ...instance('orders', bank), endpoint: hostname })
    const byHost = { ...consumerEntry, database: undefined, hostname, port: 5432, serviceZoneIds: [] }
    writeFileSync(settings, JSON.stringify({ ...fleet, databases, consumers: [byHost] }))
    const { entries } = readRollbackEntries(settings)
    const { recordFile } = openMigration(open({}), {})

    expect(recordFile).toContain(`Repoint-orders-${bank}-eu-west-1.migration.json`)
    expect(
      entries.map(it => recordFileOf({ settingsFile: settings }, {}, { id: it.database, stackId: it.stackId })),
    ).toEqual([recordFile])
    writeFileSync(settings, JSON.stringify({ ...fleet, databases: databases.slice(2), consumers: [byHost] }))
    expect(readRollbackEntries(settings).entries[0]?.stackId).toBe('Repoint-orders')
  })

  it('are read by a rollback, whatever else is wrong in them, with how the accounts are reached', () => {
    writeFileSync(
      settings,
      JSON.stringify({ ...first, accounts: { ...accounts, 1: 7 }, files: ['accounts/shop.json', 'gone.json'] }),
    )
    const { entries, problems } = readRollbackEntries(settings)

    expect(entries).toMatchObject([
      {
        name: 'analytics',
        file: part,
        vpcId: consumerEntry.vpcId,
        databaseAccount: shop,
        access: accounts[bank],
        isOfAnotherAccount: true,
        databaseAccess: accounts[shop],
      },
    ])
    expect(problems).toEqual([expect.stringContaining('gone.json cannot be read')])
  })

  it('lead a rollback to the account of a consumer’s database where the consumer names none', () => {
    writeFileSync(
      part,
      JSON.stringify({ databases: [provider], consumers: [{ ...consumer, account: undefined, vpc: 'away' }] }),
    )
    const [entry] = readRollbackEntries(settings).entries

    expect(entry?.access).toEqual(accounts[shop])
    expect(entry?.isOfAnotherAccount).toBe(false)
  })
})
