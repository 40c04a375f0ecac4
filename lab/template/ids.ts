import { createHash } from 'node:crypto'
import * as fixture from '../fixture.ts'

/** The n-th of its type in a template: the lab's own constant, told apart by its last digit. */
export const nth = (constant: string, index: number): string =>
  index === 0 ? constant : `${constant.slice(0, -1)}${index}`

/** For what nobody has to know by its id. Legal for EC2: hexadecimal. */
export const madeUp = (prefix: string, name: string): string =>
  `${prefix}-0${createHash('sha256').update(name).digest('hex').slice(0, 16)}`

export const latticeArn = (what: string, id: string): string =>
  `arn:aws:vpc-lattice:${fixture.region}:${fixture.account}:${what}/${id}`

/** The position of a resource among those of its type. */
export const indexOf = (resources: Readonly<Record<string, { readonly Type: string }>>, logicalId: string): number => {
  const type = resources[logicalId]?.Type
  return Object.entries(resources)
    .filter(([, its]) => its.Type === type)
    .findIndex(([id]) => id === logicalId)
}
