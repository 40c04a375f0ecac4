/** The application's account and database on MariaDB; on loopback it needs no password. */
export const application = { user: 'application', database: 'application' } as const
