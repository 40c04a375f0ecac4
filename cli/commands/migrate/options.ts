import type { Command } from 'commander'
import { addCommonOptions } from '../../common-options.ts'

/** The options that every `repoint migrate` command has, after those of all commands. */
export const addMigrateOptions = (command: Command): Command =>
  addCommonOptions(command)
    .option('--consumer <name>', 'the entry of consumers that is meant; needed where there are several')
    .option('--consumer-profile <name>', 'a profile for the consumer’s account (default: as for the provider’s)')
    .option('--record <file>', 'the record of the migration (default: beside the settings, <settings>.migration.json)')
