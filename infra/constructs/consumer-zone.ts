import type { IVpc } from 'aws-cdk-lib/aws-ec2'
import {
  ARecord,
  type CfnRecordSet,
  PrivateHostedZone,
  type PrivateHostedZoneProps,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import { setIdentifiers } from '../app/settings/resource-names.ts'
import type { Weights } from '../app/settings/stage-weights.ts'
import { claim } from './claim.ts'
import type { AliasTarget, ConsumerModel } from './consumer-model.ts'
import { logicalIdOf } from './logical-id.ts'

export const nameOfZone = ({ dnsName, hostname }: ConsumerModel): string => dnsName ?? hostname

/** The zone of exactly one name: of a wider one, other databases' names would be gone from the VPC. */
export const createZone = (scope: Construct, consumer: ConsumerModel, vpc: IVpc): PrivateHostedZone =>
  createZoneOf(scope, 'Zone', { zoneName: nameOfZone(consumer), comment: `Repoint: ${consumer.name}` }, [
    vpc,
    ...consumer.peeredVpcs,
  ])

/** A VPC holds one zone of a name: "ConflictingDomainExists" (https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html). */
const createZoneOf = (
  scope: Construct,
  id: string,
  props: Pick<PrivateHostedZoneProps, 'zoneName' | 'comment'>,
  [vpc, ...peered]: readonly [IVpc, ...IVpc[]],
): PrivateHostedZone => {
  const zone = new PrivateHostedZone(scope, id, { ...props, vpc })
  for (const it of peered) zone.addVpc(it)
  for (const it of [vpc, ...peered]) claim(scope, `a hosted zone ${props.zoneName}`, it.vpcId)
  return zone
}

export interface ZonePaths {
  readonly zone: PrivateHostedZone
  readonly name: string
  readonly weights: Weights
  readonly nlb: AliasTarget | undefined
  readonly gateway: AliasTarget | undefined
}

/**
 * One record for each path, weighted from the first stage on: Route 53 holds no simple record beside a weighted one of the
 * same name, and a change from one kind to the other would be a moment without any. Logical ids stay the same in every
 * stage, so that a stage changes a weight and nothing else.
 *
 * The load balancer's record is written first. It may be a simple one yet, of a deployment before there were weights; and
 * so there is never a moment when both weights are 0, which Route 53 takes for an even share.
 */
export const writeWeightedRecords = (
  scope: Construct,
  { zone, name, weights, nlb, gateway }: ZonePaths,
): readonly ARecord[] => {
  const weighted = (id: string, path: keyof Weights, target: AliasTarget) =>
    writeAlias(scope, id, { zone, name, target, setIdentifier: setIdentifiers[path], weight: weights[path] ?? 0 })
  const records = [
    ...(nlb ? [weighted('Record', 'nlb', nlb)] : []),
    ...(gateway ? [weighted('GatewayRecord', 'gateway', gateway)] : []),
  ]
  const [first, second] = records
  if (first && second) second.node.addDependency(first)
  return records
}

/**
 * The cluster's reader endpoint, by its own name. The load balancer has readers on another port of the writer's name, so
 * no weight can move them: clients change name and port themselves, before the writer's name begins to move.
 */
export const leadReaders = (
  scope: Construct,
  { peeredVpcs }: ConsumerModel,
  vpc: IVpc,
  { name, target, after }: { readonly name: string; readonly target: AliasTarget; readonly after: Construct },
): readonly Construct[] => {
  const zone = createZoneOf(scope, 'ReaderZone', { zoneName: name, comment: 'Repoint: readers' }, [vpc, ...peeredVpcs])
  zone.node.addDependency(after)
  return [zone, writeAlias(scope, 'ReaderRecord', { zone, name, target })]
}

interface AliasProps {
  readonly zone: PrivateHostedZone
  readonly name: string
  readonly target: AliasTarget
  readonly setIdentifier?: string
  readonly weight?: number
}

/**
 * Under the logical id, and with the name as it is written, of the records that are deployed: with either another the
 * record would be made anew beside the old one, and Route 53 takes no second one of a name.
 */
const writeAlias = (scope: Construct, id: string, { name, target, ...props }: AliasProps): ARecord => {
  const logicalId = logicalIdOf(scope, id)
  const alias = { ...target, evaluateTargetHealth: false }
  const record = new ARecord(scope, id, {
    ...props,
    recordName: name,
    target: RecordTarget.fromAlias({ bind: () => alias }),
  })
  const resource = record.node.defaultChild as CfnRecordSet
  resource.overrideLogicalId(logicalId)
  resource.name = name
  return record
}
