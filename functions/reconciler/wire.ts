import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { clientOptions, createClients } from './adapters/clients.ts'
import { createDns } from './adapters/dns.ts'
import { createPublisher } from './adapters/events.ts'
import { createNlb } from './adapters/nlb.ts'
import { clustersOnDemand, interfacesOnDemand } from './adapters/on-demand.ts'
import { startClock } from './adapters/system-clock.ts'
import { createTelemetry } from './adapters/telemetry.ts'
import { type Config, parseConfig } from './config.ts'
import { configVariable, dimensions, metricNamespace } from './names.ts'
import type { Ports } from './ports.ts'

/** Everything that lives as long as the execution environment. The one place that reads the environment. */
export interface Wiring {
  readonly config: Config
  readonly ports: Ports
  readonly logger: Logger
  readonly metrics: Metrics
}

/** @throws ConfigError */
export const wire = (env: Readonly<Record<string, string | undefined>>): Wiring => {
  const config = parseConfig(configVariable, env[configVariable])
  const { database } = config
  const logger = new Logger({ serviceName: database.id })
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: database.id, logger })
  // Powertools would put its own `service` dimension on everything.
  metrics.clearDefaultDimensions()
  metrics.setDefaultDimensions({ [dimensions.database]: database.id })
  const options = clientOptions(env)
  const clients = createClients(options)
  return {
    config,
    logger,
    metrics,
    ports: {
      dns: createDns({ servers: config.dnsServers }),
      clusters: clustersOnDemand(options),
      interfaces: interfacesOnDemand(options),
      frontDoor: createNlb(clients.elbv2),
      publisher: createPublisher(clients.eventBridge, config.eventBus, database.arn),
      telemetry: createTelemetry(logger, metrics),
      clock: startClock(),
    },
  }
}
