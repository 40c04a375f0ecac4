import type { MultiAzInstance } from '../database/multi-az-instance.ts'
import * as fixture from '../fixture.ts'
import type { Cloud } from './cloud.ts'

/** @throws Error where the database is a cluster */
export const instanceOf = ({ database, kind }: Pick<Cloud, 'database' | 'kind'>): MultiAzInstance => {
  if (database.kind !== 'instance') throw new Error(`this is about an instance, not about a ${kind}`)
  return database
}

/** The green environment has network interfaces of its own, which stay RDS's when the names have changed. */
export const switchBlueGreen = async (cloud: Pick<Cloud, 'database' | 'kind' | 'interfaces'>): Promise<void> => {
  for (const [index, ip] of fixture.greenHosts.entries()) {
    if (cloud.interfaces.some(known => known.ip === ip)) continue
    cloud.interfaces.push(fixture.rdsInterface(`eni-0lab1${index}`, ip, fixture.networkNames.databaseGroup))
  }
  await instanceOf(cloud).switchOver()
}
