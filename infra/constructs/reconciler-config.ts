import type { Config } from '../../functions/reconciler/config.ts'
import type { DatabaseSettings } from '../settings.ts'

/** The value of the function's one variable. The target group's ARN may be a token. */
export const reconcilerConfig = (database: DatabaseSettings, targetGroupArn: string): Partial<Config> => ({
  database: {
    kind: database.kind,
    id: database.id,
    ...(database.arn === undefined ? {} : { arn: database.arn }),
    endpoint: database.endpoint,
    port: database.port,
  },
  frontDoors: [{ role: 'writer', strategy: 'swap', targetGroupArn, port: database.port }],
  ...(database.allowedCidrs === undefined ? {} : { allowedCidrs: database.allowedCidrs }),
  settle: database.settle,
  watch: database.watch,
  policies: database.policies,
  eventBus: database.eventBus,
  dnsServers: database.dnsServers,
})
