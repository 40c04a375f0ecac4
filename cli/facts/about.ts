import type { Gathered } from './gathered.ts'
import type { MigrationFacts } from './migration-facts.ts'
import type { About } from './migration-record.ts'

/** Those that are known: what is not there yet, or could not be read, is absent. */
export const aboutOf = ({ provider, consumerSide }: Pick<MigrationFacts, 'provider' | 'consumerSide'>): About => ({
  ...idOf('endpointId', consumerSide?.gateway, it => it.endpointId),
  ...idOf('nlbEndpointId', consumerSide?.nlb, it => it.endpointId),
  ...idOf('configurationId', provider.configuration, it => it.id),
  ...idOf('gatewayId', provider.gateway, it => it.id),
})

const titles: Readonly<Record<keyof About, string>> = {
  endpointId: 'the resource endpoint',
  nlbEndpointId: 'the interface endpoint',
  configurationId: 'the resource configuration',
  gatewayId: 'the resource gateway',
}
const names = Object.keys(titles) as readonly (keyof About)[]

const idOf = <T>(name: keyof About, fact: Gathered<T> | undefined, read: (value: T) => string): About =>
  fact?.kind === 'known' ? { [name]: read(fact.value) } : {}

/** What is there now and was not the same then, in words; `undefined` where all of it was. */
export const whatChanged = (then: About, now: About): string | undefined => {
  const changed = names.filter(name => now[name] !== undefined && now[name] !== then[name])
  return changed.length === 0
    ? undefined
    : changed.map(name => `${titles[name]} was ${then[name] ?? 'not there'} and is ${now[name]}`).join(', ')
}
