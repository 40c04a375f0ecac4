import type { Api } from '../api/api-server.ts'
import type { DnsServer } from '../dns/dns-server.ts'
import type { Bus, BusEvent } from '../events/bus.ts'
import { startSchedule } from '../events/schedule.ts'
import { createFunction, type LambdaFunction, type LambdaOptions } from '../lambda/lambda-function.ts'
import type { Closable, LabTime, Timeline } from '../model.ts'
import { type Operations, openOperations } from '../operations/operations.ts'
import { openWake, tickPayload, type WakeState } from '../operations/wake.ts'
import { type Deployment, speedUp } from '../template/deployment.ts'
import type { FrontDoor } from './load-balancing.ts'
import { opening } from './opening.ts'

export interface StackFunctionOptions {
  readonly deployment: Deployment
  readonly time: LabTime
  readonly timeline: Timeline
  /** Folder of the built artefact. */
  readonly codeFolder: string
  readonly api: Api
  readonly dns: DnsServer
  readonly bus: Bus
  /** Signs what the function asks; that of `orders` by default. */
  readonly accessKey?: string
  /** The writer's: what the alarms look at. */
  readonly frontDoor: FrontDoor
}

/** The function of the stack, and what wakes and watches it. */
export interface StackFunction extends Closable {
  readonly lambda: LambdaFunction
  /** Rules and schedule, as an operator switches them. */
  readonly wake: WakeState
  readonly operations: Operations
  /** Lets the function register the writer, as a deployment does. @throws Error where it could not */
  seed(): Promise<void>
  /** Rules and schedule invoke the function from now on. */
  connect(): void
  /** What another version of the stack gives the function. */
  environmentOf(deployment: Deployment): Readonly<Record<string, string>>
}

export const openStackFunction = (options: StackFunctionOptions): Promise<StackFunction> =>
  opening(keep => {
    const { deployment, time, bus, frontDoor } = options
    const { settings, ...handling } = functionOptions(options)
    const lambda = keep(createFunction({ settings, ...handling }))
    const { rules, schedule, functionName, asynchronous } = deployment
    const wake = openWake({ ...schedule, rules, functionName })
    const operations = keep(
      openOperations({ asynchronous, database: 'orders', time, wake, settings, lambda, ...frontDoor }),
    )
    const tick = () => {
      const payload = tickPayload(wake)
      if (payload !== undefined) lambda.invokeAsync(payload, schedule.asynchronous)
    }
    return {
      ...{ lambda, wake, operations },
      seed: async () => {
        const answer = await lambda.invoke({ action: 'resync' })
        if (answer?.kind === 'answered') return
        throw new Error(`the function ${functionName} could not register the writer: ${JSON.stringify(answer)}`)
      },
      connect: () => {
        for (const rule of wake.rules) {
          const payloadOf = (event: BusEvent) => (rule.input === undefined ? event : JSON.parse(rule.input))
          bus.addRule({ ...rule, isEnabled: () => rule.isEnabled, target: it => lambda.invokeAsync(payloadOf(it)) })
        }
        keep(startSchedule(time, schedule.everyMs, tick))
      },
      environmentOf: next => functionOptions({ ...options, deployment: next }).settings.environment,
    }
  })

/** What the function keeps back of its time for its last words is wall time, whatever the speed. */
const lastWordsMs = 20_000

/** The stack's function, in this lab: its times sped up, its API and its DNS on loopback. */
const functionOptions = (options: StackFunctionOptions): LambdaOptions => {
  const { deployment, time, timeline, codeFolder, api, dns } = options
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
      timeoutMs: deployment.timeoutMs / time.speed + lastWordsMs,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      environment: { ...environment, REPOINT_CONFIG: JSON.stringify({ ...config, dnsServers: [dns.address] }) },
      labEnvironment: { AWS_ENDPOINT_URL: api.url },
      accessKey: options.accessKey ?? 'ASIAREPOINTLAB',
    },
  }
}
