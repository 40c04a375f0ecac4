import type { DatabaseNode, NodeRole } from '../../lab/model.ts'

/** A database node that only remembers what it was told to be. */
export const aNode = (ip: string, role: NodeRole): DatabaseNode => {
  let current = role
  return {
    ip,
    port: 5432,
    get role() {
      return current
    },
    become: async next => {
      current = next
    },
  }
}
