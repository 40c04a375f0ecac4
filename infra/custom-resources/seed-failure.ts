interface Deployment {
  /** Of the stack. */
  readonly status: string
  readonly stackId: string
  /** ARN of a load balancer that AWS does not delete before its protection is lifted. */
  readonly protectedLoadBalancer?: string | undefined
}

/**
 * Why the deployment failed, and how to get out of it: what CloudFormation shows is all that people see, and the log of a
 * failed first deployment goes with the stack.
 */
export const failureOf = (message: string, { status, stackId, protectedLoadBalancer }: Deployment): string => {
  const [, , , region = '', , resource = ''] = stackId.split(':')
  const [, stackName = stackId] = resource.split('/')
  if (status !== 'CREATE_IN_PROGRESS') return `${message} The stack goes back to what was deployed before.`
  const lift =
    protectedLoadBalancer === undefined
      ? ''
      : 'The load balancer is protected from deletion, so nothing of the stack can go before: ' +
        `aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn ${protectedLoadBalancer} --region ${region}. `
  return (
    `${message} ${lift}Correct that and deploy again. If the stack that was rolled back cannot be deleted because of termination protection: ` +
    `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stackName} --region ${region}`
  )
}
