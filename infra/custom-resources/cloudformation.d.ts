/** The one question that is put to CloudFormation. The client is the Lambda runtime's; nothing here runs outside it. */
declare module '@aws-sdk/client-cloudformation' {
  export interface Stack {
    readonly StackStatus?: string
    readonly Outputs?: readonly { readonly OutputKey?: string; readonly OutputValue?: string }[]
  }
  export class DescribeStacksCommand {
    constructor(input: { readonly StackName: string })
  }
  export class CloudFormationClient {
    constructor(config: object)
    send(command: DescribeStacksCommand): Promise<{ readonly Stacks?: readonly Stack[] }>
  }
}
