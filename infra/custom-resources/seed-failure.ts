/**
 * Why the deployment failed, and how to get out of it: what CloudFormation shows is all that people see, and the log of a
 * failed first deployment goes with the stack.
 */
export const failureOf = (message: string, status: string, stackId: string): string => {
  const [, , , region = '', , resource = ''] = stackId.split(':')
  const [, stackName = stackId] = resource.split('/')
  if (status !== 'CREATE_IN_PROGRESS') return `${message} The stack goes back to what was deployed before.`
  const stack = `--stack-name ${stackName} --region ${region}`
  return (
    `${message} Correct that and deploy again. If the stack that was rolled back cannot be deleted because of termination protection: ` +
    `aws cloudformation update-termination-protection --no-enable-termination-protection ${stack}`
  )
}
