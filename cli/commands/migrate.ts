import type { Command } from 'commander'
import { addMigratePlan } from './migrate/plan.ts'
import { addMigratePreflight } from './migrate/preflight.ts'
import { addMigrateRecord } from './migrate/record.ts'
import { addMigrateRetire } from './migrate/retire.ts'
import { addMigrateRollback } from './migrate/rollback.ts'
import { addMigrateShift } from './migrate/shift.ts'
import { addMigrateVerify } from './migrate/verify.ts'
import { addMigrateWatch } from './migrate/watch.ts'

/** The migration from the load balancer to a resource gateway, step by step; one file a command. */
export const addMigrate = (program: Command): void => {
  const migrate = program
    .command('migrate')
    .summary('leave the load balancer for a resource gateway, in stages that can be taken back')
    .description(
      'Moves a database and its consumers from the load balancer to a VPC Lattice resource gateway: nlb, shadow, shift, gateway, retired. Whatever changes something is a dry run without --apply, and every step is recorded. docs/migrating.md leads through it.',
    )
  for (const add of [
    addMigratePlan,
    addMigratePreflight,
    addMigrateVerify,
    addMigrateShift,
    addMigrateRollback,
    addMigrateWatch,
    addMigrateRetire,
    addMigrateRecord,
  ]) {
    add(migrate)
  }
}
