import type { IConstruct } from 'constructs'
import { needsOf, type Part, parts } from '../lifecycle.ts'

export type StackParts = Partial<Record<Part, readonly IConstruct[]>>

/** Lets every part of a stack depend on what the table says that it needs. */
export const orderStack = (made: StackParts, isWeighted: boolean): void => {
  for (const part of parts) {
    const needed = needsOf(part, isWeighted).flatMap(it => made[it] ?? [])
    if (needed.length === 0) continue
    for (const it of made[part] ?? []) it.node.addDependency(...needed)
  }
}
