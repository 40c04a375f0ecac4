import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { invokeBundle } from './run-bundle.ts'

const entry = fileURLToPath(new URL('every-endpoint.ts', import.meta.url))

/** One of each partition, and the newest. */
const regions = [
  ...['eu-west-1', 'us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'us-iso-east-1', 'us-isob-east-1'],
  ...['eu-isoe-west-1', 'us-isof-south-1', 'eusc-de-east-1', 'mx-central-1', 'ap-southeast-7'],
]

describe('the endpoints of a trimmed SDK', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-endpoints-'))
    const build = (name: string, options: object) => buildReconciler({ entry, outdir: join(folder, name), ...options })
    await Promise.all([build('whole', { plugins: [], budgetBytes: Number.POSITIVE_INFINITY }), build('trimmed', {})])
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each<[string, Record<string, string>]>([
    ['as they are', {}],
    ['with FIPS', { AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['with dual stack', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
  ])('are those of the whole SDK in every partition (%s)', { timeout: 60_000 }, async (_how, env) => {
    const [whole, trimmed] = await Promise.all(
      ['whole', 'trimmed'].map(name => invokeBundle(join(folder, name), regions, env)),
    )
    expect(trimmed).toHaveLength(4 * regions.length)
    expect(trimmed).toEqual(whole)
  })
})
