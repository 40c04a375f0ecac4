/** An error as AWS answers it; each protocol writes it in its own way. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Who signs the calls of the function, as IAM names it in its errors. */
export const roleSession = (account: string): string =>
  `arn:aws:sts::${account}:assumed-role/RepointReconcilerRole/repoint`

/** The wording of IAM, which differs by service (EC2 has its own). */
export const accessDenied = (call: {
  service: string
  action: string
  resource: string
  account: string
}): ApiFailure => {
  const { action, resource, account } = call
  const service = permissionPrefixes[call.service] ?? call.service
  if (service === 'ec2') {
    return new ApiFailure(
      'UnauthorizedOperation',
      'You are not authorized to perform this operation. ' +
        `User: ${roleSession(account)} is not authorized to perform: ec2:${action} because no identity-based policy allows the ec2:${action} action`,
      403,
    )
  }
  const message =
    `User: ${roleSession(account)} is not authorized to perform: ${service}:${action} on resource: ${resource} ` +
    `because no identity-based policy allows the ${service}:${action} action`
  if (service === 'events') return new ApiFailure('AccessDeniedException', message, 400)
  if (service === 'vpc-lattice') return new ApiFailure('AccessDeniedException', message, 403)
  return new ApiFailure('AccessDenied', message, 403)
}

/** Where a permission's prefix is not the signing name. */
const permissionPrefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' }
