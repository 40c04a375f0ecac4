import { Aws, CustomResource, Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct, Dependable } from 'constructs'
import type { StageProperties } from '../custom-resources/stage-decisions.ts'
import { InlineProvider } from './inline-provider.ts'
import { acknowledge } from './nag.ts'

/**
 * Refuses a deployment that the deployed stage does not allow, before anything else of it happens: whatever a stage
 * changes has to depend on this (`node.addDependency(guard)`). See infra/custom-resources/stage-decisions.ts.
 */
export class StageGuard extends Construct {
  constructor(scope: Construct, id: string, properties: StageProperties) {
    super(scope, id)
    const { Side } = properties
    const provider = new InlineProvider(this, 'Provider', {
      description: 'Refuses a deployment that the deployed stage does not allow',
      module: `custom-resources/${Side}-stage.ts`,
      statements: statements(Side),
      // Three questions may each be denied for a minute, until a new role's permissions have spread.
      timeout: Duration.minutes(5),
    })
    acknowledge(provider, {
      'AwsSolutions-IAM5[Resource::*]': `${readsOfSide[Side].join(', ')} are not asked about a resource; all only read.`,
      ...(Side === 'provider'
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
      properties,
    })
    resource.node.addDependency(provider.role)
    Dependable.implement(this, { dependencyRoots: [resource] })
  }
}

const statements = (side: Side): PolicyStatement[] => {
  const inUse = new PolicyStatement({
    sid: 'ReadWhatIsInUse',
    actions: readsOfSide[side],
    // Most of them know no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/), and the others
    // ask about a configuration that may be another one in the next template.
    resources: ['*'],
  })
  if (side === 'provider') return [inUse]
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

type Side = StageProperties['Side']

const readsOfSide: Readonly<Record<Side, string[]>> = {
  provider: [
    'ec2:DescribeVpcEndpointConnections',
    'cloudwatch:GetMetricData',
    'vpc-lattice:ListResourceEndpointAssociations',
    'vpc-lattice:ListServiceNetworkResourceAssociations',
  ],
  consumer: ['ec2:DescribeVpcEndpoints', 'cloudwatch:GetMetricData'],
}
