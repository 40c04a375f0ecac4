import { Names, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { type GatewayNames, gatewayNames } from '../app/settings/resource-names.ts'
import type { DatabaseModel } from './front-door-model.ts'

/** What the path through a resource gateway is made from. VPC Lattice and RAM make no names, so there always are some. */
export interface GatewayModel extends DatabaseModel {
  /** Of every name: what the app asked for, or one of the construct's place in the app. */
  readonly stem: string
  readonly names: GatewayNames
}

/** A reference goes into a name as the template says it: it is the same in every synthesis, and a token is not. */
export const withGatewayNames = (scope: Construct, model: DatabaseModel): GatewayModel => {
  const stem = model.name ?? placeOf(scope)
  const { vpcId, arn, gateway } = model
  const named = Stack.of(scope).resolve({ vpcId, arn, gateway }) as Pick<DatabaseModel, 'vpcId' | 'arn' | 'gateway'>
  return { ...model, stem, names: gatewayNames({ ...named, id: stem }) }
}

const placeOf = (scope: Construct): string =>
  Names.uniqueResourceName(scope, { maxLength: 22, separator: '-' })
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
