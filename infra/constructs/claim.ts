import type { IConstruct } from 'constructs'

const claimed = new WeakMap<IConstruct, Map<string, string>>()

/** What `Vpc.fromLookup` gives, for every VPC, until its answer is in cdk.context.json. */
const notLookedUp = 'vpc-12345'

/**
 * What AWS has once in a VPC, or in a security group of it: the second construct of an app that makes the same is refused
 * at synthesis, where it costs nothing.
 *
 * @throws Error naming both
 */
export const claim = (scope: IConstruct, what: string, vpcId: string): void => {
  if (vpcId === notLookedUp) return
  const ofApp = claimed.get(scope.node.root) ?? new Map<string, string>()
  claimed.set(scope.node.root, ofApp)
  const key = `${what} in ${vpcId}`
  const owner = ofApp.get(key)
  if (owner !== undefined) throw new Error(`${scope.node.path} makes ${key}, and so does ${owner}: AWS takes one`)
  ofApp.set(key, scope.node.path)
}
