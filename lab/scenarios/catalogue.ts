import type { Engine } from '../database/database.ts'
import { changeToStandby, changeToWeighted } from './change-strategy.ts'
import { auroraFailover, auroraReader, auroraWeighted, commitsWait, flappingDns, replicaCutOff } from './cluster.ts'
import { dnsPoisoned } from './dns-poisoned.ts'
import { hostBlocked } from './host-blocked.ts'
import { hostNameMoves, hostNameUnannounced, hostNameWithAddresses } from './host-name.ts'
import { blueGreen, eventBeforeDns, failBack, failover, missedEvent, plainReboot, throttled } from './instance.ts'
import { migration } from './migration.ts'
import { migrationAurora } from './migration-aurora.ts'
import { migrationHostile } from './migration-hostile.ts'
import { reconnectStorm } from './reconnect-storm.ts'
import { sameNetwork } from './same-network.ts'
import type { Scenario } from './scenario.ts'
import { failoverStandby, standbyAddressReused } from './standby.ts'
import { zoneFailure, zoneFailureShared } from './zone-failure.ts'
import { zonesApart } from './zones.ts'

export const scenarios: readonly Scenario[] = [
  failover,
  eventBeforeDns,
  missedEvent,
  failBack,
  flappingDns,
  plainReboot,
  blueGreen,
  zoneFailure,
  zoneFailureShared,
  zonesApart,
  sameNetwork,
  auroraFailover,
  throttled,
  failoverStandby,
  standbyAddressReused,
  dnsPoisoned,
  auroraWeighted,
  auroraReader,
  changeToStandby,
  changeToWeighted,
  hostNameMoves,
  hostNameUnannounced,
  hostNameWithAddresses,
  migration,
  migrationAurora,
  migrationHostile,
  replicaCutOff,
  commitsWait,
  reconnectStorm,
  hostBlocked,
]

/** Why the database cannot play the scenario; `undefined` where it can. */
export const whyNotOn = ({ name, needs, notOn }: Scenario, engine: Engine): string | undefined => {
  if (notOn?.engine === engine) return `${name} does not play on ${engine}: ${notOn.why}`
  if (needs === undefined || needs.engines.includes(engine)) return undefined
  return `${name} needs another database: --database ${needs.engines.join(' or ')}`
}

/** @throws Error naming the scenarios that there are. */
export const findScenario = (name: string): Scenario => {
  const found = scenarios.find(scenario => scenario.name === name)
  if (!found)
    throw new Error(`no scenario is called ${name}: there are ${scenarios.map(known => known.name).join(', ')}`)
  return found
}
