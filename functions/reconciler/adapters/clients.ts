import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { RDSClientConfig } from '@aws-sdk/client-rds'

/**
 * The AWS clients, with everything set that the SDK would otherwise look for. The endpoint is the one thing left to it:
 * AWS_ENDPOINT_URL, or one for a service (AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2, ..._RDS, ..._EVENTBRIDGE, ..._EC2).
 */

export interface Clients {
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly eventBridge: EventBridgeClient
}

/** Settings for the SDK's own HTTP handler, or another one. */
type Transport = NonNullable<RDSClientConfig['requestHandler']>

type Environment = Readonly<Record<string, string | undefined>>

const timeouts = {
  connectionTimeout: 1000,
  requestTimeout: 3000,
  // Without it `requestTimeout` only warns (`setRequestTimeout` of @smithy/node-http-handler).
  throwOnRequestTimeout: true,
}

/** Lambda puts the role's credentials into the environment, for the life of the instance. */
const credentialsFrom = (env: Environment) => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  if (!accessKeyId || !secretAccessKey) {
    throw new Error('No AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set')
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

/** What every client is made with. */
export type ClientOptions = ReturnType<typeof clientOptions>

/**
 * `AWS_REGION` and the credentials come from `env`. One attempt a call: the reconcile loop is the one place that tries
 * again. The loop also sees the clock, so it knows when to stop.
 */
export const clientOptions = (env: Environment, transport: Transport = timeouts) => ({
  ...(env.AWS_REGION && { region: env.AWS_REGION }),
  credentials: credentialsFrom(env),
  maxAttempts: 1,
  retryMode: 'standard',
  requestHandler: transport,
})

export const createClients = (options: ClientOptions): Clients => ({
  elbv2: new ElasticLoadBalancingV2Client(options),
  eventBridge: new EventBridgeClient(options),
})
