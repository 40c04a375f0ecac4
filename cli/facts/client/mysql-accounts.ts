import type { Engine } from '../../../infra/app/settings/engines.ts'

/** An account as the server's tables have it. */
export interface GrantFacts {
  readonly user: string
  /** A name, an address, a pattern, or a network; `%` is anywhere. */
  readonly host: string
}

/**
 * Every account, the ones that come from anywhere too: a user with `10.1.%` beside `%` gets in by either. Roles have no
 * login. In MariaDB `mysql.user` is a view with capitals, and roles and PUBLIC are rows of it with an empty host; MySQL
 * has no `is_role`, and its roles are locked accounts.
 */
export const grantsStatement = (engine: Engine): string =>
  engine === 'mariadb'
    ? "SELECT User AS `user`, Host AS `host` FROM mysql.user WHERE is_role = 'N'"
    : "SELECT User AS `user`, Host AS `host` FROM mysql.user WHERE account_locked = 'N'"

const local: readonly string[] = ['localhost', '127.0.0.1', '::1']

/** The rows of the statement, without accounts of the server's own machine. */
export const grantsOf = (rows: readonly { readonly user: unknown; readonly host: unknown }[]): readonly GrantFacts[] =>
  rows.map(({ user, host }) => ({ user: String(user), host: String(host) })).filter(({ host }) => !local.includes(host))
