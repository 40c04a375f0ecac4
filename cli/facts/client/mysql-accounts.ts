/** Accounts that are bound to addresses. */
export const grantsStatement = "SELECT user, host FROM mysql.user WHERE host NOT IN ('%', 'localhost')"

export interface GrantFacts {
  readonly user: string
  readonly host: string
}
