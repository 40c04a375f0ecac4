import type { IVpc } from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import type { ConsumerSettings } from '../app/settings.ts'

/** An endpoint as the target of an alias record: its regional name, which covers every zone. */
export interface AliasTarget {
  readonly dnsName: string
  readonly hostedZoneId: string
}

/** An interface endpoint that other consumers use too. */
export interface SharedInterface {
  readonly target: AliasTarget
  readonly securityGroupId: string
}

/** What a consumer's side is made from. Whatever CloudFormation knows only later is a token in it. */
export interface ConsumerModel extends ConsumerSettings {
  /** Instead of an interface endpoint of its own. */
  readonly shared: { seenFrom(scope: Construct): SharedInterface } | undefined
  /** Resolve the zone's name too. */
  readonly peeredVpcs: readonly IVpc[]
  /** Of the inbound resolver: in any zone, whatever the service's are. */
  readonly resolverSubnets: ConsumerSettings['subnets']
  /** Redshift's managed endpoint, with the zone that its one subnet is in. */
  readonly redshift?: (NonNullable<ConsumerSettings['redshift']> & { readonly zone?: string | undefined }) | undefined
  /** Asked for with a deployment, and never in the settings, which may be older than a rollback. */
  readonly raisesShare: boolean
}
