import * as fixture from '../fixture.ts'
import type { Template } from './intrinsics.ts'

/** Which of a migration's stacks; consumer and provider are deployed each by themselves. */
export type Side = 'provider' | 'consumer'

/** Those of the lab's database and its consumer, where the settings have them. */
export type Stacks = Readonly<Record<Side, Template | undefined>>

/**
 * Templates by the stack's name, as CloudFormation would get them. CDK takes a second to load, and the thread while it
 * works. @throws SettingsError for what `repoint.json` may not say
 */
export const templatesOf = async (settings: unknown): Promise<Readonly<Record<string, Template>>> => {
  const { codeElsewhere, synthesize } = await import('../../infra/app/app.ts')
  return synthesize({ settings, code: codeElsewhere }).templates
}

export const stacksOf = async (settings: unknown): Promise<Stacks> => {
  const templates = await templatesOf(settings)
  return {
    provider: templates['Repoint-orders'],
    consumer: templates[`Repoint-consumer-${fixture.consumer.name}`],
  }
}
