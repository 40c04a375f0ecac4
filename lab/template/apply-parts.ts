import { isDeepStrictEqual } from 'node:util'
import type { AccountResources, HostedZone, RecordSet, VpcEndpoint } from '../api/resources.ts'
import { plain } from '../api/route53-xml.ts'
import * as fixture from '../fixture.ts'
import { keyOf, type Part } from './parts.ts'

/**
 * Deploys the difference of two templates, as CloudFormation does: what is new or written otherwise is put, what has left
 * is removed at the end, and what both templates say alike is not looked at, whatever has become of it since.
 */
export const applyParts = (resources: AccountResources, before: readonly Part[], after: readonly Part[]): void => {
  for (const part of after) {
    const old = before.find(candidate => keyOf(candidate) === keyOf(part))
    if (old !== undefined && isDeepStrictEqual(old, part)) continue
    // The values are the resources' own from now on.
    put(resources, structuredClone(part) as Part, old)
  }
  const gone = before.filter(old => !after.some(part => keyOf(part) === keyOf(old)))
  // Records before the endpoints that they name, rules before their groups.
  for (const part of gone.toReversed()) remove(resources, part)
}

/** What is only put into its list, and taken out again. */
const listOf = {
  'security-group': (around: AccountResources) => around.securityGroups,
  gateway: (around: AccountResources) => around.resourceGateways,
  configuration: (around: AccountResources) => around.resourceConfigurations,
  'access-log': (around: AccountResources) => around.accessLogSubscriptions,
} as const

const put = (around: AccountResources, part: Part, old: Part | undefined): void => {
  switch (part.kind) {
    case 'rule':
      if (old) remove(around, old)
      around.securityGroups.find(({ id }) => id === part.groupId)?.[part.direction].push(part.value)
      return
    case 'endpoint':
      replace(around.vpcEndpoints, part.value)
      connect(around, part.value)
      return
    case 'zone': {
      const records = around.hostedZones.find(({ id }) => id === part.id)?.records ?? []
      replace(around.hostedZones, { ...part.value, records })
      return
    }
    case 'record':
      if (old) remove(around, old)
      around.hostedZones.find(({ id }) => id === part.zoneId)?.records?.push(part.value)
      return
    default:
      replace<{ id: string }>(listOf[part.kind](around), part.value)
  }
}

const remove = (around: AccountResources, part: Part): void => {
  switch (part.kind) {
    case 'rule': {
      const rules = around.securityGroups.find(({ id }) => id === part.groupId)?.[part.direction] ?? []
      const index = rules.findIndex(rule => isDeepStrictEqual(rule, part.value))
      if (index >= 0) rules.splice(index, 1)
      return
    }
    case 'endpoint':
      drop(around.vpcEndpoints, part.id)
      disconnect(around, part.id)
      return
    case 'zone':
      drop(around.hostedZones, part.id)
      return
    case 'record':
      removeRecord(
        around.hostedZones.find(({ id }) => id === part.zoneId),
        part.value,
      )
      return
    default:
      drop(listOf[part.kind](around), part.id)
  }
}

const replace = <T extends { id: string }>(list: T[], value: T): void => {
  const index = list.findIndex(({ id }) => id === value.id)
  if (index < 0) list.push(value)
  else list.splice(index, 1, value)
}

const drop = (list: { id: string }[], id: string): void => {
  const index = list.findIndex(candidate => candidate.id === id)
  if (index >= 0) list.splice(index, 1)
}

/** What the API has written ends names with a dot, and templates do not: it is the same record. */
const removeRecord = (zone: HostedZone | undefined, { name, setIdentifier }: RecordSet): void => {
  const index =
    zone?.records?.findIndex(it => plain(it.name) === plain(name) && it.setIdentifier === setIdentifier) ?? -1
  if (index >= 0) zone?.records?.splice(index, 1)
}

/** The provider accepts, as an operator does who expects the endpoint. */
const connect = ({ endpointServices }: AccountResources, { id, service }: VpcEndpoint): void => {
  const connections = endpointServices.find(({ name }) => name === service)?.connections
  if (!connections) return
  disconnect({ endpointServices }, id)
  connections.push({ endpointId: id, owner: fixture.account, state: 'available' })
}

const disconnect = ({ endpointServices }: Pick<AccountResources, 'endpointServices'>, endpointId: string): void => {
  for (const { connections } of endpointServices) {
    const index = connections.findIndex(connection => connection.endpointId === endpointId)
    if (index >= 0) connections.splice(index, 1)
  }
}
