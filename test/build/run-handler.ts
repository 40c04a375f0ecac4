import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The entry point of a built folder. */
export const entryOf = (folder: string): string => join(folder, 'index.mjs')

/** Loads a module, TypeScript too, in a child process that knows nothing but `env`, and invokes its `handler`. */
export const invokeHandler = async (module: string, event: unknown, env: Record<string, string>): Promise<unknown> => {
  const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(module).href)})
    const context = { getRemainingTimeInMillis: () => 60_000 }
    console.log('\\nREPLY ' + JSON.stringify(await handler(${JSON.stringify(event)}, context)))
    process.exit(0)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...lambdaEnv, ...env },
  })
  return JSON.parse(stdout.split('\nREPLY ').at(-1) ?? '')
}

const lambdaEnv = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'a-session-token',
}
