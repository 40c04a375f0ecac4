import type { Api } from '../api/api-server.ts'
import type { DnsServer } from '../dns/dns-server.ts'
import * as fixture from '../fixture.ts'
import type { LambdaOptions } from '../lambda/lambda-function.ts'
import type { LabTime, Timeline } from '../model.ts'
import { type Deployment, speedUp } from '../template/deployment.ts'

export interface FunctionParts {
  readonly deployment: Deployment
  readonly time: LabTime
  readonly timeline: Timeline
  /** Of the built artefact. */
  readonly codeFolder: string
}

/** What the function keeps back of its time for its last words is wall time, whatever the speed. */
const lastWordsMs = 20_000

/** The stack's function, in this lab: its times sped up, its API and its DNS on loopback. */
export const functionOptions = (
  { deployment, time, timeline, codeFolder }: FunctionParts,
  { api, dns }: { api: Api; dns: DnsServer },
): LambdaOptions => {
  const { functionName: name, handler, memoryMb, reservedConcurrency } = deployment
  const environment = speedUp(deployment.environment, time.speed)
  const config = JSON.parse(environment.REPOINT_CONFIG ?? '{}') as object
  return {
    time,
    timeline,
    asynchronous: deployment.asynchronous,
    settings: {
      name,
      handler,
      memoryMb,
      codeFolder,
      account: fixture.account,
      region: fixture.region,
      timeoutMs: deployment.timeoutMs / time.speed + lastWordsMs,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      environment: { ...environment, REPOINT_CONFIG: JSON.stringify({ ...config, dnsServers: [dns.address] }) },
      labEnvironment: { AWS_ENDPOINT_URL: api.url },
      accessKey: 'ASIAREPOINTLAB',
    },
  }
}
