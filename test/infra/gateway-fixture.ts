import { App } from 'aws-cdk-lib'
import type { Template } from 'aws-cdk-lib/assertions'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { addStacks } from '../../infra/app/app.ts'
import { SettingsError } from '../../infra/app/settings/problems.ts'
import { type Origin, type Stage, whyNotStage } from '../../infra/app/settings/stages.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { aCluster, anInstance, balancersFor, type Entry, synthesizeFile } from './settings-fixture.ts'

export const databaseGroup = 'sg-0a1b2c3d4e5f60718'

export const ownName = 'elsewhere.abc123def456.eu-west-1.example.com'

/** What a resource gateway can lead to. */
export const entryOfKind = {
  'a Multi-AZ instance': anInstance(),
  'a Multi-AZ DB cluster': aCluster({ engine: 'postgres' }),
  'Aurora with readers': aCluster({ readers: {} }),
  'RDS Proxy': anInstance({
    id: 'pool',
    arn: 'arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-0a1b2c3d4e5f60718',
    endpoint: ownName,
  }),
  Redshift: anInstance({ id: 'sales', kind: 'hostname', arn: undefined, engine: 'redshift', endpoint: ownName }),
  'any other host name': anInstance({ id: 'other', kind: 'hostname', arn: undefined, port: 6000, endpoint: ownName }),
} as const satisfies Readonly<Record<string, Entry>>

/** The origin from which a stage is reached most directly. */
const usual: Record<Stage, Origin> = {
  nlb: 'nlb',
  shadow: 'nlb',
  shift: 'shadow',
  gateway: 'shift',
  retired: 'gateway',
}

/** Settings of the way; only what matters to the case. */
export const onTheWay = (stage: Stage, more: Entry = {}): Entry => ({
  stage,
  from: usual[stage],
  databaseSecurityGroupId: databaseGroup,
  ...more,
})

/** The one stack of a database. */
export const providerTemplate = (entry: Entry): Template => {
  const template = Object.values(synthesizeFile({ loadBalancers: balancersFor(entry), databases: [entry] })).at(-1)
  if (template === undefined) throw new Error('no stack')
  return template
}

export const atStage = (stage: Stage, more: Entry = {}, database: Entry = anInstance()): Template =>
  providerTemplate({ ...database, gateway: onTheWay(stage, more) })

/** Lines of the settings error, or none, without the entry's name (settings.test.ts). */
export const problemsOf = (...databases: readonly Entry[]): string[] => {
  try {
    parseSettings('repoint.json', JSON.stringify({ databases }))
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map(line => line.replace(/^ {2}- (\S+: )?(?=databases\.|consumers\.)/, ''))
  }
  return []
}

export const isAllowed = (from: Origin, to: Stage): boolean => whyNotStage(from, to) === undefined

/** What synthesis warns about. */
export const warningsOf = (entry: Entry): string[] => {
  const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
  const settings = parseSettings('repoint.json', JSON.stringify({ databases: [entry] }))
  addStacks(app, { settings, code: () => Code.fromInline('placeholder') })
  const [stack] = app.node.children
  const metadata = (stack?.node.findAll() ?? []).flatMap(it => it.node.metadata)
  const warnings = metadata.filter(it => it.type === 'aws:cdk:warning').map(it => String(it.data))
  // Of imported subnets, which the stack acknowledges.
  return warnings.filter(text => !text.includes('noSubnetRouteTableId'))
}
