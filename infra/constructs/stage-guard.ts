import { Aws, CustomResource, Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct, Dependable } from 'constructs'
import type { Weights } from '../app/settings/stage-weights.ts'
import type { Origin, Stage } from '../app/settings/stages.ts'
import { InlineProvider } from './inline-provider.ts'
import { acknowledge } from './nag.ts'

interface Migrating {
  readonly stage: Stage
  readonly from: Origin
  /** The settings want a replacement although what it replaces is in use. */
  readonly replaceInUse?: boolean | undefined
}

export interface ProviderGuardProps extends Migrating {
  readonly side: 'provider'
  /** Of the stack's own endpoint service, where it has one. */
  readonly endpointServiceId?: string
  /** The load balancer's metric dimension, `net/…`. */
  readonly loadBalancer?: string
  /** Where there is a load balancer: whether it is the stack's own. */
  readonly frontDoor?: 'create' | 'shared' | 'existing'
  /** Where there is a gateway. */
  readonly configurationHash?: string
  /** Of a shared load balancer's listener. */
  readonly listenerUnused?: boolean | undefined
}

export interface ConsumerGuardProps extends Migrating {
  readonly side: 'consumer'
  /** Logical id of the hosted zone, which comes after the guard. */
  readonly zone: string
  readonly recordName: string
  readonly weights: Weights
  /** This deployment may raise the gateway's share above what is live. */
  readonly raisesShare?: boolean
  /** The interface endpoint is other consumers' too: nothing of it goes with this one. */
  readonly sharesEndpoint?: boolean
  /** Where there is a resource endpoint. */
  readonly endpointHash?: string
  /** Where there is an interface endpoint. */
  readonly interfaceEndpointHash?: string
  /** Of what else a record leads to, and where a zone answers. */
  readonly leadsToHash?: string
}

/**
 * Refuses a deployment that the deployed stage does not allow, before anything else of it happens: whatever a stage
 * changes has to depend on this (`node.addDependency(guard)`). See infra/custom-resources/stage-decisions.ts.
 */
export class StageGuard extends Construct {
  constructor(scope: Construct, id: string, props: ProviderGuardProps | ConsumerGuardProps) {
    super(scope, id)
    const provider = new InlineProvider(this, 'Provider', {
      description: 'Refuses a deployment that the deployed stage does not allow',
      module: `custom-resources/${props.side}-stage.ts`,
      statements: statements(props),
      // Three questions may each be denied for a minute, until a new role's permissions have spread.
      timeout: Duration.minutes(5),
    })
    acknowledge(provider, {
      'AwsSolutions-IAM5[Resource::*]': `${readsOfSide[props.side].join(', ')} are not asked about a resource; all only read.`,
      ...(props.side === 'provider'
        ? {}
        : {
            'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:route53:::hostedzone/*]':
              'The hosted zone is made after the guard, so that none shadows a name for nothing; it only reads.',
          }),
    })
    const resource = new CustomResource(this, 'Stage', {
      resourceType: 'Custom::RepointStage',
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(6),
      properties: {
        Side: props.side,
        Stage: props.stage,
        From: props.from,
        ...guarded(props),
        ...(props.replaceInUse === true ? { ReplaceInUse: 'true' } : {}),
      },
    })
    resource.node.addDependency(provider.role)
    Dependable.implement(this, { dependencyRoots: [resource] })
  }
}

const guarded = (props: ProviderGuardProps | ConsumerGuardProps): Record<string, unknown> =>
  props.side === 'provider'
    ? {
        ...(props.endpointServiceId === undefined ? {} : { EndpointServiceId: props.endpointServiceId }),
        ...(props.loadBalancer === undefined ? {} : { LoadBalancer: props.loadBalancer }),
        ...(props.frontDoor === undefined ? {} : { FrontDoor: props.frontDoor }),
        ...(props.listenerUnused === true ? { ListenerUnused: 'true' } : {}),
        ...(props.configurationHash === undefined ? {} : { ConfigurationHash: props.configurationHash }),
      }
    : {
        Zone: props.zone,
        RecordName: props.recordName,
        Weights: JSON.stringify(props.weights),
        ...(props.raisesShare === true ? { RaiseShare: 'true' } : {}),
        ...(props.sharesEndpoint === true ? { SharesEndpoint: 'true' } : {}),
        ...(props.endpointHash === undefined ? {} : { EndpointHash: props.endpointHash }),
        ...(props.interfaceEndpointHash === undefined ? {} : { InterfaceEndpointHash: props.interfaceEndpointHash }),
        // Nobody reads it: another value makes CloudFormation ask.
        ...(props.leadsToHash === undefined ? {} : { LeadsToHash: props.leadsToHash }),
      }

const statements = (props: ProviderGuardProps | ConsumerGuardProps): PolicyStatement[] => {
  const inUse = new PolicyStatement({
    sid: 'ReadWhatIsInUse',
    actions: readsOfSide[props.side],
    // Most of them know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/), and the others
    // ask about a configuration that may be another one in the next template.
    resources: ['*'],
  })
  if (props.side === 'provider') return [inUse]
  const findZone = new PolicyStatement({
    sid: 'FindZone',
    actions: ['cloudformation:ListStackResources'],
    resources: [Aws.STACK_ID],
  })
  const weights = new PolicyStatement({
    sid: 'ReadWeights',
    actions: ['route53:ListResourceRecordSets'],
    // Not the zone's own: a zone that waits for the guard cannot be named in what the guard waits for.
    resources: [anyZone],
  })
  return [findZone, weights, inUse]
}

const anyZone = `arn:${Aws.PARTITION}:route53:::hostedzone/*`

const readsOfSide = {
  provider: [
    'ec2:DescribeVpcEndpointConnections',
    'cloudwatch:GetMetricData',
    'vpc-lattice:ListResourceEndpointAssociations',
    'vpc-lattice:ListServiceNetworkResourceAssociations',
  ],
  consumer: ['ec2:DescribeVpcEndpoints', 'cloudwatch:GetMetricData'],
}
