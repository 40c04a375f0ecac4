import type { IConstruct } from 'constructs'

const claimed = new WeakMap<IConstruct, Map<string, string>>()

/**
 * What AWS has once: the second construct of an app that makes the same is refused at synthesis, where it costs nothing.
 *
 * @throws Error naming both
 */
export const claim = (scope: IConstruct, what: string): void => {
  const ofApp = claimed.get(scope.node.root) ?? new Map<string, string>()
  claimed.set(scope.node.root, ofApp)
  const owner = ofApp.get(what)
  if (owner !== undefined) throw new Error(`${scope.node.path} makes ${what}, and so does ${owner}: AWS takes one`)
  ofApp.set(what, scope.node.path)
}
