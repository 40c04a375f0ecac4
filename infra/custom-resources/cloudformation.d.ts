/** The two questions that are put to CloudFormation. The client is the Lambda runtime's; nothing here runs outside it. */
declare module '@aws-sdk/client-cloudformation' {
  export interface Stack {
    readonly StackStatus?: string
    readonly Outputs?: readonly { readonly OutputKey?: string; readonly OutputValue?: string }[]
  }
  export interface StackResourceSummary {
    readonly LogicalResourceId?: string
    readonly PhysicalResourceId?: string
    readonly ResourceStatus?: string
  }
  export class DescribeStacksCommand {
    constructor(input: { readonly StackName: string })
  }
  export class ListStackResourcesCommand {
    /** Of other commands' kind by what it asks for. */
    readonly resources: true
    constructor(input: { readonly StackName: string; readonly NextToken?: string | undefined })
  }
  export class CloudFormationClient {
    constructor(config: object)
    send(command: ListStackResourcesCommand): Promise<{
      readonly StackResourceSummaries?: readonly StackResourceSummary[]
      readonly NextToken?: string
    }>
    send(command: DescribeStacksCommand): Promise<{ readonly Stacks?: readonly Stack[] }>
  }
}
