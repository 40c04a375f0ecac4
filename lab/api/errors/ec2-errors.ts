import type { Refusal } from './failure.ts'

/** What EC2 refuses, and how: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html lists the codes. */

const codes = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html'

const absent = (code: string, what: string) =>
  ({
    code,
    text: (id: string) => `The ${what} '${id}' does not exist`,
    source: codes,
    assumption: 'the text, as public logs show it',
  }) as const

export const ec2Errors = {
  vpcNotFound: absent('InvalidVpcID.NotFound', 'vpc ID'),
  subnetNotFound: absent('InvalidSubnetID.NotFound', 'subnet ID'),
  groupNotFound: absent('InvalidGroup.NotFound', 'security group'),
  interfaceNotFound: absent('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
  endpointNotFound: absent('InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'),
  serviceNotFound: absent('InvalidVpcEndpointServiceId.NotFound', 'VpcEndpointService Id'),
  badFilter: {
    code: 'InvalidParameterValue',
    text: (name: string) => `The filter '${name}' is invalid`,
    source: codes,
    assumption: 'the text, as public logs show it',
  },
  badAttribute: {
    code: 'InvalidParameterValue',
    text: (name: string) => `Value (${name}) for parameter attribute is invalid`,
    source: codes,
    assumption: 'the text, in the form that EC2 has for other parameters',
  },
} as const satisfies Record<string, Refusal<string[]>>
