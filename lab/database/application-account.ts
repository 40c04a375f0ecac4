/** The application's account and database on MariaDB; on loopback it needs no password. */
export const application = { user: 'application', database: 'application' } as const

/** The account of drills, which has a password and needs TLS, on both real servers. */
export const probe = { user: 'probe', password: 'probe' } as const
