import { DescribeVpcEndpointAssociationsCommand, EC2Client, type VpcEndpointAssociation } from '@aws-sdk/client-ec2'
import { GetResourceConfigurationCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice'
import { readAwsError } from '../../functions/reconciler/adapters/aws-errors.ts'
import { answerWith, type CustomResourceEvent, type LambdaContext, workingMs } from './answer.ts'
import { type Association, findNames, type NameProperties, namesDeployed, namesOutput } from './endpoint-name.ts'
import { whenAllowed } from './when-allowed.ts'

const ec2 = new EC2Client({})

/**
 * Another endpoint is another physical id. In a rollback the names are those that the stack's output has for the endpoint
 * that comes back, where AWS does not say them now.
 */
export const handler = (
  event: CustomResourceEvent & { readonly ResourceProperties: NameProperties },
  context: LambdaContext,
): Promise<void> => {
  const { EndpointId, NamesOutput = namesOutput } = event.ResourceProperties
  return answerWith(event, context, {
    async work() {
      if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId ?? EndpointId }
      const names = await findNames(event.ResourceProperties, {
        readAssociations,
        sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
        remainingMs: () => workingMs(context),
      })
      return { PhysicalResourceId: EndpointId, Data: names }
    },
    goBack: (_, { outputs }) => ({
      PhysicalResourceId: EndpointId,
      Data: namesDeployed(event.ResourceProperties, outputs[NamesOutput]),
    }),
  })
}

/** `DescribeVpcEndpoints` has no names for this kind of endpoint. */
const readAssociations = async (endpointId: string): Promise<Association[]> => {
  const command = new DescribeVpcEndpointAssociationsCommand({ VpcEndpointIds: [endpointId] })
  const { VpcEndpointAssociations = [] } = await whenAllowed(() => ec2.send(command))
  return Promise.all(VpcEndpointAssociations.map(read))
}

const read = async (it: VpcEndpointAssociation): Promise<Association> => {
  const isChild = it.ResourceConfigurationGroupArn !== undefined
  return {
    dnsName: it.DnsEntry?.DnsName,
    hostedZoneId: it.DnsEntry?.HostedZoneId,
    domain: it.PrivateDnsEntry?.DnsName ?? (isChild ? await readDomain(it.AssociatedResourceArn) : undefined),
    isChild,
    failure: it.FailureReason ?? it.FailureCode,
  }
}

/** A share may let its consumers use a configuration without letting them read it. */
const readDomain = async (arn: string | undefined): Promise<string | undefined> => {
  if (arn === undefined) return undefined
  const command = new GetResourceConfigurationCommand({ resourceConfigurationIdentifier: arn })
  try {
    return (await new VPCLatticeClient({}).send(command)).customDomainName
  } catch (error) {
    if (readAwsError(error).kind === 'denied') return undefined
    throw error
  }
}
