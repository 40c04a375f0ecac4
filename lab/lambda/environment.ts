import { existsSync } from 'node:fs'
import { devNull } from 'node:os'
import { fileURLToPath } from 'node:url'
import { region } from '../fixture.ts'

export interface FunctionSettings {
  readonly name: string
  /** Folder with the handler's module. */
  readonly codeFolder: string
  /** `module.export`, for example `index.handler`. */
  readonly handler: string
  readonly memoryMb: number
  /** Wall milliseconds. */
  readonly timeoutMs: number
  /** `undefined`: as many as come. */
  readonly reservedConcurrency?: number
  /** What the template sets. */
  readonly environment: Readonly<Record<string, string>>
  /** What only the lab needs, such as the endpoint of its API. */
  readonly labEnvironment?: Readonly<Record<string, string>>
  /** Access key that signs the function's calls. */
  readonly accessKey: string
}

/**
 * The environment of a function, as Lambda sets it and nothing of the host but PATH
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
 */
export const lambdaEnvironment = (settings: FunctionSettings, runtimeApi: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: settings.accessKey,
  AWS_SECRET_ACCESS_KEY: 'lab-secret-that-signs-nothing-real',
  AWS_SESSION_TOKEN: 'lab-session',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: settings.name,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]lab`,
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  LAMBDA_TASK_ROOT: settings.codeFolder,
  LAMBDA_RUNTIME_DIR: import.meta.dirname,
  _HANDLER: settings.handler,
  // Lambda has no such files; the SDK would look for them in the home of whoever runs the lab.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  ...settings.environment,
  ...settings.labEnvironment,
})

/** Node 24 of the lock file where it has one for this platform, whatever Node runs the lab: it is what Lambda has. */
export const nodeBinary = (): string => {
  const { platform, arch, execPath } = process
  const [system, file] = platform === 'win32' ? ['win', 'node.exe'] : [platform, 'node']
  const packaged = fileURLToPath(new URL(`../../node_modules/node-${system}-${arch}/bin/${file}`, import.meta.url))
  return existsSync(packaged) ? packaged : execPath
}
