import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { BenchAws } from '../../lab/bench/bench-aws.ts'
import { region } from '../../lab/fixture.ts'

const run = promisify(execFile)

/**
 * The files of a built folder that a process loads, as V8's coverage lists them: until it is invoked once, or until all
 * that priming began has ended.
 */
export const loadedFiles = async (
  folder: string,
  aws: BenchAws,
  config: string,
  until: 'primed' | 'invoked' = 'invoked',
): Promise<string[]> => {
  const coverage = await mkdtemp(join(tmpdir(), 'repoint-loaded-'))
  const entry = pathToFileURL(join(folder, 'index.mjs')).href
  const invoke = 'await handler({}, { getRemainingTimeInMillis: () => 60_000 }); process.exit(0)'
  const script = `const { handler } = await import('${entry}'); ${until === 'invoked' ? invoke : ''}`
  try {
    if (until === 'invoked') aws.flip()
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        ...{ AWS_REGION: region, AWS_ACCESS_KEY_ID: 'AKIABENCH', AWS_SECRET_ACCESS_KEY: 'secret' },
        ...{ ...aws.environment, REPOINT_CONFIG: config, NODE_V8_COVERAGE: coverage },
      },
    })
    const reports = await Promise.all((await readdir(coverage)).map(file => readFile(join(coverage, file), 'utf8')))
    const urls = reports.flatMap(report => (JSON.parse(report) as { result: { url: string }[] }).result)
    const base = pathToFileURL(folder).href
    return urls.flatMap(({ url }) => (url.startsWith(`${base}/`) ? [url.slice(base.length + 1)] : [])).sort()
  } finally {
    await rm(coverage, { recursive: true, force: true })
  }
}
