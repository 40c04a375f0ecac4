import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'

/** Somebody at the command line: `repoint` as a process of its own against a lab. */

/** What a command needs in its environment to work against this lab. */
export const variablesFor = (cloud: Cloud, settingsFile: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: cloud.api.url,
  AWS_REGION: fixture.region,
  AWS_ACCESS_KEY_ID: fixture.operatorKey,
  AWS_SECRET_ACCESS_KEY: 'lab-secret-that-signs-nothing-real',
  REPOINT_LAB_SPEED: String(cloud.time.speed),
  REPOINT_SETTINGS: settingsFile,
  REPOINT_CONNECT_TO: cloud.connectTo().join(','),
  REPOINT_CONSUMER_DNS: cloud.consumer.dns.address,
})

export interface Ended {
  /** Absent where it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly ended: Promise<Ended>
  /** What it has said on stderr until now. */
  readonly said: () => string
  /** Ctrl-C. */
  interrupt(): void
  /** At once, with no time to clean up. */
  kill(): void
}

const repoint = fileURLToPath(new URL('../../cli/repoint.mjs', import.meta.url))

/** Starts the command as a person would, with nothing of this machine's AWS configuration. */
export const startCommand = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): RunningCommand => {
  const { PATH, HOME, TMPDIR } = process.env
  // Where nobody can put a file: what stands in one is run (`credential_process`).
  const nowhere = `${repoint}/no-aws-configuration`
  const quiet = { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere, AWS_EC2_METADATA_DISABLED: 'true' }
  const child = spawn(process.execPath, [repoint, ...args], {
    env: { PATH, HOME, TMPDIR, ...quiet, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', code => resolve({ code, stdout, stderr }))
  })
  return {
    ended,
    said: () => stderr,
    interrupt: () => void child.kill('SIGINT'),
    kill: () => void child.kill('SIGKILL'),
  }
}
