/** What differs between database engines at the front door. `other` is any service that speaks TCP. */

export const engines = [
  'postgres',
  'aurora-postgresql',
  'mysql',
  'aurora-mysql',
  'mariadb',
  'sqlserver',
  'oracle',
  'db2',
  'redshift',
  'other',
] as const

export type Engine = (typeof engines)[number]

export interface HealthCheck {
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

const ports: Record<Exclude<Engine, 'other'>, number> = {
  postgres: 5432,
  'aurora-postgresql': 5432,
  mysql: 3306,
  'aurora-mysql': 3306,
  mariadb: 3306,
  sqlserver: 1433,
  oracle: 1521,
  db2: 50_000,
  redshift: 5439,
}

/** `undefined`: only its owner knows. */
export const defaultPort = (engine: Engine): number | undefined => (engine === 'other' ? undefined : ports[engine])

/**
 * Engines that count an unfinished handshake against the client's address. A TCP health check is one: after
 * `max_connect_errors` of them in a row the server answers `Host ... is blocked`, to every consumer behind that node
 * of the load balancer (https://dev.mysql.com/doc/refman/8.4/en/host-cache.html).
 */
export const blocksHosts = (engine: Engine): boolean => ['mysql', 'aurora-mysql', 'mariadb'].includes(engine)

/** What keeps such a server from it. `accepted`: nothing does. */
export const hostBlockingAnswers = ['skip-name-resolve', 'raised-max-connect-errors', 'accepted'] as const

interface HostBlocking {
  readonly engine: Engine
  readonly mysqlHostBlocking?: (typeof hostBlockingAnswers)[number] | undefined
}

/** Whether connections without a login can make the server block whom they come through. */
export const mayBlockTheLoadBalancer = ({ engine, mysqlHostBlocking }: HostBlocking): boolean =>
  blocksHosts(engine) && (mysqlHostBlocking === undefined || mysqlHostBlocking === 'accepted')

/**
 * Every 5 s, the least that AWS accepts (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html),
 * where the failover waits for it: the health check is what selects the one of a pair, or takes a dead writer's group out
 * before its weight goes. With `swap` the registration is the slow part, and 10 s are enough. A server that counts probes
 * as errors is probed as seldom as before.
 */
export const healthCheckOf = (
  database: HostBlocking,
  { healthCheck, strategy }: { readonly healthCheck: object; readonly strategy: string },
): HealthCheck => ({
  intervalSeconds: mayBlockTheLoadBalancer(database) ? 15 : strategy === 'swap' ? 10 : 5,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  ...(healthCheck as Partial<HealthCheck>),
})
