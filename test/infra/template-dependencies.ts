import type { Template } from 'aws-cdk-lib/assertions'
import { resourcesOf } from './template-diff.ts'

/** Logical ids that a resource needs, by reference or by `DependsOn`. */
const needsOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(needsOf)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => [...named(key, inner), ...needsOf(inner)])
}

const named = (key: string, value: unknown): string[] => {
  if (key === 'Ref') return [String(value)]
  if (key === 'DependsOn') return [value].flat().map(String)
  if (key === 'Fn::GetAtt') return [String(Array.isArray(value) ? value[0] : String(value).split('.')[0])]
  if (key !== 'Fn::Sub') return []
  return [...String([value].flat()[0]).matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)].map(([, id = '']) => id)
}

/** What each resource of a template needs, however indirectly. CloudFormation removes it before all of that. */
export const needsIn = (template: Template): ReadonlyMap<string, ReadonlySet<string>> => {
  const resources = resourcesOf(template)
  const ids = new Set(Object.keys(resources))
  const direct = new Map(
    Object.entries(resources).map(([id, resource]) => [id, new Set(needsOf(resource).filter(it => ids.has(it)))]),
  )
  const all = new Map<string, Set<string>>()
  const collect = (id: string, way: readonly string[]): Set<string> => {
    if (way.includes(id)) throw new Error(`a circle: ${[...way, id].join(' > ')}`)
    const known = all.get(id)
    if (known) return known
    const found = new Set<string>()
    for (const need of direct.get(id) ?? []) {
      found.add(need)
      for (const further of collect(need, [...way, id])) found.add(further)
    }
    all.set(id, found)
    return found
  }
  for (const id of ids) collect(id, [])
  return all
}
