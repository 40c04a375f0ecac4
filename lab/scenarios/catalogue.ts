import type { Engine } from '../database/database.ts'
import { changeToStandby, changeToWeighted } from './change-strategy.ts'
import { auroraFailover, flappingDns } from './cluster.ts'
import { hostBlocked } from './host-blocked.ts'
import { eventBeforeDns, failBack, failover, missedEvent, plainReboot, throttled } from './instance.ts'
import { migration } from './migration.ts'
import { migrationAurora } from './migration-aurora.ts'
import { migrationHostile } from './migration-hostile.ts'
import { replicaCutOff } from './replica-cut-off.ts'
import type { Scenario } from './scenario.ts'
import { failoverStandby, standbyAddressReused } from './standby.ts'
import { auroraReader, auroraWeighted } from './weighted.ts'

export const scenarios: readonly Scenario[] = [
  failover,
  eventBeforeDns,
  missedEvent,
  failBack,
  flappingDns,
  plainReboot,
  auroraFailover,
  throttled,
  failoverStandby,
  standbyAddressReused,
  auroraWeighted,
  auroraReader,
  changeToStandby,
  changeToWeighted,
  migration,
  migrationAurora,
  migrationHostile,
  replicaCutOff,
  hostBlocked,
]

/** Why the database cannot play the scenario; `undefined` where it can. */
export const whyNotOn = ({ name, database, needs, notOn }: Scenario, engine: Engine): string | undefined => {
  if (needs && needs.engine !== engine) return `${name} needs a real server: --database ${needs.engine}`
  if (notOn?.engine === engine) return `${name} does not play on ${engine}: ${notOn.why}`
  if (engine === 'mariadb' && database === 'cluster')
    return `${name} plays on a cluster, and MariaDB is an instance here`
  return undefined
}

/** @throws Error naming the scenarios that there are. */
export const findScenario = (name: string): Scenario => {
  const found = scenarios.find(scenario => scenario.name === name)
  if (!found)
    throw new Error(`no scenario is called ${name}: there are ${scenarios.map(known => known.name).join(', ')}`)
  return found
}
