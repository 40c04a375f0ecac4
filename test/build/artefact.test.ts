import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Artefact, buildReconciler, swapBudgetBytes } from '../../functions/build.ts'
import { type BenchAws, openBenchAws } from '../../lab/bench/bench-aws.ts'
import { measureCalls } from '../../lab/bench/measure.ts'
import { runProcess } from '../../lab/bench/process-run.ts'
import { builtOnce } from './built-once.ts'
import { loadedFiles } from './loaded-files.ts'

const run = promisify(execFile)

const atOnce = { answers: 1, intervalMs: 1, spanMs: 0 }

describe('the artefact', { timeout: 60_000 }, () => {
  let folder: string
  let artefact: Artefact
  let aws: BenchAws
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repoint-artefact-'))
    ;[artefact, aws] = await Promise.all([builtOnce(), openBenchAws()])
  }, 60_000)
  afterAll(() => Promise.all([aws.close(), rm(folder, { recursive: true, force: true })]))

  const swapOfCluster = () =>
    runProcess({
      aws,
      folder: artefact.folder,
      config: aws.config('cluster', atOnce),
      payloads: [{}],
      before: () => aws.flip(),
    })

  it('stays within its budget for a swap', () => {
    expect(artefact.swapBytes).toBeGreaterThan(0)
    expect(artefact.swapBytes).toBeLessThanOrEqual(swapBudgetBytes)
  })

  it('is the same, byte for byte, from the same source', async () => {
    const again = await buildReconciler({ outdir: join(folder, 'again') })
    const read = async (from: string) => {
      const files = (await readdir(from)).sort()
      return Promise.all(files.map(async file => [file, await readFile(join(from, file), 'utf8')]))
    }
    expect(await read(again.folder)).toEqual(await read(artefact.folder))
  })

  it('holds the reconciler and its dependencies, and nothing of lab, infra, tests or tools', async () => {
    const inputs = Object.keys(artefact.metafile.inputs)
    const own = inputs.filter(input => !input.includes('node_modules/'))
    expect(own).toContain('functions/build/no-credential-chain.ts')
    expect(own.filter(input => !/^functions\/(reconciler|build\/no-credential-chain)/.test(input))).toEqual([])

    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { devDependencies: Record<string, string> }
    const packages = new Set(inputs.flatMap(input => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []))
    expect(packages).toContain('@middy/core')
    // The function's own are bundled, so whoever installs the package does not need them.
    const bundled = /^(@aws-lambda-powertools\/(logger|metrics)|@middy\/core)$/
    expect([...packages].filter(name => name in manifest.devDependencies && !bundled.test(name))).toEqual([])
    expect([...packages].filter(name => name.startsWith('@aws-sdk/credential-provider'))).toEqual([])
  })

  it('holds for a swap what its budget counts, and a new address loads the EC2 client besides', async () => {
    const cluster = await loadedFiles(artefact.folder, aws, aws.config('cluster', atOnce))
    const ofEc2 = cluster.filter(file => file.startsWith('ec2-'))
    expect(ofEc2).toHaveLength(1)
    expect(cluster).toEqual([...artefact.swapFiles, ...ofEc2].sort())
  })

  it('holds less for an instance whose new addresses are not proved', async () => {
    const unproved = JSON.stringify({ ...JSON.parse(aws.config('instance', atOnce)), ownerProof: 'off' })
    const instance = await loadedFiles(artefact.folder, aws, unproved)
    expect(artefact.swapFiles).toEqual(expect.arrayContaining(instance))
    expect(instance.filter(file => /^(rds|ec2)-/.test(file))).toEqual([])
  })

  it('loads the EC2 client for standby, while it is primed', async () => {
    const config = aws.config('instance', atOnce).replace('"swap"', '"standby"')
    const loaded = await loadedFiles(artefact.folder, aws, config, 'primed')
    expect(loaded.filter(file => file.startsWith('ec2-'))).toHaveLength(1)
  })

  it('talks to the load balancer, RDS, EC2 and EventBridge over TLS and follows the writer', async () => {
    const { invocations } = await swapOfCluster()
    expect(invocations[0]?.reply).toMatchObject({ outcome: 'repointed' })
    const services = new Set(invocations[0]?.calls.map(({ service, status }) => `${service} ${status}`))
    expect(services).toEqual(new Set(['elasticloadbalancing 200', 'rds 200', 'ec2 200', 'events 200']))
  })

  it('reads and writes nothing while it is primed: the writer, the target group, and whose the new address is', async () => {
    const { primingCalls } = await swapOfCluster()
    expect(primingCalls.map(({ action }) => action).sort()).toEqual([
      'DescribeDBClusters',
      'DescribeDBClusters',
      'DescribeNetworkInterfaces',
      'DescribeTargetHealth',
    ])
  })

  it('makes as few calls as it promises', async () => {
    const figures = await measureCalls({ aws, artefact, rounds: 1 })
    const promised = figures.filter(({ atMost }) => atMost !== undefined)
    expect(promised.length).toBeGreaterThanOrEqual(4)
    for (const { name, value, atMost } of promised) expect(value, name).toBeLessThanOrEqual(atMost ?? 0)
  })

  it('reads no AWS settings of whoever rehearses it', async () => {
    const home = join(folder, 'home')
    await mkdir(join(home, '.aws'), { recursive: true })
    // The SDK refuses FIPS with an endpoint of one's own.
    await writeFile(join(home, '.aws/config'), '[default]\nuse_fips_endpoint = true\n')
    const atHome: BenchAws = { ...aws, environment: { ...aws.environment, HOME: home } }
    const { invocations } = await runProcess({
      aws: atHome,
      folder: artefact.folder,
      config: aws.config('cluster', atOnce),
      payloads: [{ action: 'plan' }],
    })
    expect(invocations).toHaveLength(1)
  })

  it('starts when AWS cannot be reached, and says so in the invocation', async () => {
    const unreachable: BenchAws = { ...aws, environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } }
    const config = JSON.parse(aws.config('instance', atOnce)) as object
    const brief = JSON.stringify({ ...config, watch: { completedMs: 1 } })
    const started = runProcess({ aws: unreachable, folder: artefact.folder, config: brief, payloads: [{}] })
    await expect(started).rejects.toThrow(/an invocation failed: .*ECONNREFUSED/)
  })

  it('names our files and lines in a stack trace', async () => {
    const failed = run(
      process.execPath,
      ['--eval', `import(${JSON.stringify(pathToFileURL(join(artefact.folder, 'index.mjs')).href)})`],
      {
        env: {},
      },
    )
    const { stderr } = (await failed.catch(error => error)) as { stderr: string }
    expect(stderr).toContain('REPOINT_CONFIG')
    const [, line] = /functions\/reconciler\/config\.ts:(\d+):\d+/.exec(stderr) ?? []
    const source = (await readFile('functions/reconciler/config.ts', 'utf8')).split('\n')
    expect(source[Number(line) - 1]).toContain('new ConfigError')
  })
})
