import { Token } from 'aws-cdk-lib'
import { type Config, parseConfig } from '../../functions/reconciler/config.ts'
import { configVariable } from '../../functions/reconciler/names.ts'

/**
 * The function's own parser over the finished configuration, before anything is deployed: what it refuses here it would
 * refuse at every start. What CloudFormation knows only later is stood in for by an example of its form.
 *
 * @throws ConfigError naming every problem at once
 */
export const assertConfig = (databaseId: string, config: Partial<Config>): void => {
  const examples = new Map<string, string>()
  const standIn = (token: string, key: string): string => {
    const known = examples.get(token) ?? exampleOf(key, examples.size + 1)
    examples.set(token, known)
    return known
  }
  const resolved = (value: unknown, key: string): unknown => {
    if (typeof value === 'number') return Token.isUnresolved(value) ? 1 : value
    if (typeof value === 'string') return Token.isUnresolved(value) ? standIn(value, key) : value
    if (Array.isArray(value)) return value.map(it => resolved(it, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, resolved(it, name)]))
  }
  const arns: Record<string, string> = { instance: 'db', cluster: 'cluster', proxy: 'db-proxy' }
  examples.set(
    config.database?.arn ?? '',
    `arn:aws:rds:eu-west-1:111122223333:${arns[config.database?.kind ?? '']}:example`,
  )
  parseConfig(`${configVariable} of ${databaseId}`, JSON.stringify(resolved(config, '')))
}

/** Different tokens are different resources: `number` keeps them apart. */
const exampleOf = (key: string, number: number): string => {
  const id = number.toString(16).padStart(16, '0')
  if (key === 'id') return 'example'
  if (key === 'endpoint') return 'example.abc123def456.eu-west-1.rds.amazonaws.com'
  if (key === 'eventBus') return 'example'
  if (key === 'allowedCidrs') return '10.0.0.0/8'
  const elb = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333'
  return key === 'listenerArn' ? `${elb}:listener/net/example/${id}/${id}` : `${elb}:targetgroup/example/${id}`
}
