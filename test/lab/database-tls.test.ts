import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Certificate, issueCertificate } from '../../lab/database/certificate.ts'
import { openPglite, type PgliteDatabase } from '../../lab/database/pglite/pglite-database.ts'
import { openNetwork } from '../../lab/network.ts'

const place = { ip: '10.0.1.10', port: 5432 }
const endpoint = 'orders.cabc123def45.eu-west-1.rds.amazonaws.com'

let network: Awaited<ReturnType<typeof openNetwork>>
let database: PgliteDatabase
let certificate: Certificate

beforeAll(async () => {
  network = await openNetwork([place])
  certificate = await issueCertificate([endpoint])
  database = await openPglite({ network, nodes: [place], certificate })
  await database.nodeAt(place.ip, place.port).become('writer')
}, 60_000)
afterAll(async () => {
  await database.close()
  await network.close()
})

const logIn = async (ssl: pg.ClientConfig['ssl'], errors: unknown[] = []): Promise<pg.Client> => {
  const client = new pg.Client({
    ...network.connectTo(place.ip, place.port),
    user: 'postgres',
    database: 'postgres',
    ssl,
  })
  client.on('error', error => errors.push(error))
  await client.connect()
  return client
}
const proving = (servername: string, ca: string) => ({ rejectUnauthorized: true, servername, ca })

it('the lab’s database proves its name to a client that asks for TLS', async () => {
  const client = await logIn(proving(endpoint, certificate.authority))
  expect((await client.query('SELECT 6 * 7 AS answer')).rows).toEqual([{ answer: 42 }])
  await client.end()
}, 30_000)

it('does not prove another name, and has no authority that a system trusts', async () => {
  await expect(logIn(proving('elsewhere.example.com', certificate.authority))).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  const stranger = await issueCertificate([endpoint])
  await expect(logIn(proving(endpoint, stranger.authority))).rejects.toThrow(/certificate/)
}, 30_000)

it('serves whoever asks for none', async () => {
  const client = await logIn(false)
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
}, 30_000)

it('ends sessions over TLS when it goes away, as all others', async () => {
  const errors: unknown[] = []
  const client = await logIn(proving(endpoint, certificate.authority), errors)
  const gone = new Promise(resolve => client.once('end', resolve))
  await database.nodeAt(place.ip, place.port).become('silent')
  await gone
  expect(errors).toContainEqual(expect.objectContaining({ code: '57P01' }))
  await expect(client.query('SELECT 1')).rejects.toThrow()
}, 30_000)
