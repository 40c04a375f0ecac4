import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReconciler } from '../../functions/build.ts'
import { entryOf, invokeHandler } from './run-handler.ts'

const entry = fileURLToPath(new URL('every-endpoint.ts', import.meta.url))

/** One of each partition, and the newest. */
const regions = [
  ...['eu-west-1', 'us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'us-iso-east-1', 'us-isob-east-1'],
  ...['eu-isoe-west-1', 'us-isof-south-1', 'eusc-de-east-1', 'mx-central-1', 'ap-southeast-7'],
]

describe('the endpoints of the bundle', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-endpoints-'))
    await buildReconciler({ entry, outdir: join(folder, 'bundled'), budgetBytes: Number.POSITIVE_INFINITY })
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each<[string, Record<string, string>]>([
    ['as they are', {}],
    ['with FIPS', { AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['with dual stack', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
  ])('are those of the SDK in every partition (%s)', { timeout: 60_000 }, async (_how, env) => {
    const [plain, bundled] = await Promise.all(
      [entry, entryOf(join(folder, 'bundled'))].map(module => invokeHandler(module, regions, env)),
    )
    expect(bundled).toHaveLength(4 * regions.length)
    expect(bundled).toEqual(plain)
  })
})
