/** What differs between database engines at the front door. */

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
] as const

export type Engine = (typeof engines)[number]

export interface HealthCheck {
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

const ports: Record<Engine, number> = {
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

export const defaultPort = (engine: Engine): number => ports[engine]

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
 * Interval 5 s would find a dead writer at most 10 s sooner, but doubles the probes (log lines on PostgreSQL, counted
 * errors on MySQL) and does nothing for the registration, which is the slow part.
 */
export const healthCheckOf = (
  database: HostBlocking,
  { healthCheck }: { readonly healthCheck: object },
): HealthCheck => ({
  intervalSeconds: mayBlockTheLoadBalancer(database) ? 15 : 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  ...(healthCheck as Partial<HealthCheck>),
})
