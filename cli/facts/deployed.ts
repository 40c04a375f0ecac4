import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import { configVariable } from '../../functions/reconciler/names.ts'
import { functionName, stackName } from '../../infra/app/settings/resource-names.ts'
import type { DatabaseSettings } from '../../infra/app/settings.ts'
import type { Clients } from '../aws/clients.ts'
import { exitCodes } from '../exit-codes.ts'
import { CliError } from '../failure.ts'

/**
 * What the deployed function is told, as opposed to what the settings say.
 * @throws CliError when there is no such function; ConfigError when its configuration is not valid.
 */
export const readDeployed = async (clients: Clients, database: DatabaseSettings): Promise<Config> => {
  const FunctionName = functionName(database)
  const lambda = await clients.lambda()
  const found = await lambda.getFunctionConfiguration({ FunctionName }).catch(missingFunction(clients, database))
  return parseConfig(`${configVariable} of ${FunctionName}`, found.Environment?.Variables?.[configVariable])
}

/** `undefined` where there is no function any more, on purpose. */
export const readDeployedOrRetired = (clients: Clients, database: DatabaseSettings): Promise<Config | undefined> =>
  readDeployed(clients, database).catch((error: unknown) => {
    if (error instanceof RetiredError) return undefined
    throw error
  })

/** Without a function on purpose: the last stage of the way to a resource gateway took it away. */
export class RetiredError extends CliError {
  override readonly name = 'RetiredError'
  constructor(id: string, cause?: unknown) {
    super(whyRetired(id), exitCodes.notFound, { cause })
  }
}

export const whyRetired = (id: string): string =>
  `${id} is retired from the load balancer: clients reach it through the resource gateway, and it has no function. \`repoint migrate plan -d ${id}\` shows both sides, \`repoint migrate preflight -d ${id}\` judges them.`

/** By its name, and where the settings were read, by its stage. */
export type NamedDatabase = Pick<DatabaseSettings, 'id'> & {
  readonly stackId?: string
  readonly gateway?: Pick<DatabaseSettings['gateway'], 'stage'>
}

/** Says the remedy where the function does not exist, and leaves every other error as it is. */
export const missingFunction =
  (clients: Clients, database: NamedDatabase) =>
  (error: unknown): never => {
    if (readAwsError(error).kind !== 'not-found') throw error
    if (database.gateway?.stage === 'retired') throw new RetiredError(database.id, error)
    const where = clients.region === undefined ? 'in this Region' : `in ${clients.region}`
    throw new CliError(
      `There is no function ${functionName(database)} ${where}. Deploy it with \`npx cdk deploy ${database.stackId ?? stackName(database)}\`, or check --profile and --region.`,
      exitCodes.notFound,
      { cause: error },
    )
  }
