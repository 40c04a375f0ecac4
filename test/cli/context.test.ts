import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runDoctor } from '../../cli/commands/doctor.ts'
import { type CommonOptions, onlyDatabase, openContext } from '../../cli/context.ts'
import { UsageError } from '../../cli/failure.ts'

const folder = mkdtempSync(join(tmpdir(), 'consumers-own-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const settings = join(folder, 'consumer.json')
const consumer = {
  name: 'reports',
  serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718',
  hostname: 'orders.abc.eu-west-1.rds.amazonaws.com',
  dnsName: 'orders.invalid',
  port: 5432,
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnets: [{ id: 'subnet-0a1b2c3d4e5f60711', zone: 'eu-west-1a' }],
  clientCidrs: ['10.0.0.0/16'],
}
writeFileSync(settings, JSON.stringify({ consumers: [consumer] }))

const open = (options: CommonOptions = {}) =>
  openContext({ ...options, settings }, { signal: new AbortController().signal, env: {} })
const sentence = `${settings} has no databases, and this is about one: name their file with --settings. From a consumer's own file there is \`repoint doctor --consumer NAME\`.`

describe('a consumer’s own file', () => {
  it.each([{}, { region: 'eu-west-1' }])('opens (%j), and knows its consumers', options => {
    expect(open(options).settings.consumers.map(it => it.name)).toEqual(['reports'])
  })

  it('says that it has no databases where a command is about one', async () => {
    expect(() => open().databases).toThrow(new UsageError(sentence))
    expect(() => onlyDatabase(open())).toThrow(sentence)
    expect(() => open({ database: ['orders'] })).toThrow(sentence)
    await expect(runDoctor(open(), {})).rejects.toThrow(sentence)
  })
})
