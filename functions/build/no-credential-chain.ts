/**
 * Stands in for `@aws-sdk/credential-provider-node`, the SDK's search through profiles, SSO, web identity and instance
 * metadata. Lambda puts the role's credentials into the environment, and the clients are given them from there.
 */
export const defaultProvider = () => async (): Promise<never> => {
  throw new Error('The credential chain of the AWS SDK is not part of this bundle. Pass credentials to the client.')
}
