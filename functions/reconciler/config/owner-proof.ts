import * as v from 'valibot'
import type { OwnerProof } from '../core/ownership.ts'
import type { Kind } from './database.ts'

export type { OwnerProof }

const proofs = ['when-possible', 'required', 'off'] as const satisfies readonly OwnerProof[]

export const ownerProof = v.picklist(proofs, `one of ${proofs.join(', ')}`)

/** RDS and EC2 tell the interfaces of an instance and of a cluster. */
const canProve = (kind: Kind): boolean => kind === 'instance' || kind === 'cluster'

export const defaultProof = (kind: Kind): OwnerProof => (canProve(kind) ? 'when-possible' : 'off')

/** What it has to be instead for a database of this kind; nothing where it suits. */
export const whyNotProof = (kind: Kind, proof: OwnerProof): string | undefined =>
  proof === 'off' || canProve(kind)
    ? undefined
    : `off: nothing in AWS tells the network interfaces of a ${kind === 'proxy' ? 'proxy' : 'host name'}`
