import { readFileSync } from 'node:fs'
import * as lambda from '@aws-sdk/client-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { InvocationError, parseTrigger } from '../../functions/reconciler/triggers.ts'
import { wake } from '../../infra/app/settings/wake-fields.ts'
import { aConfig } from '../fakes/world.ts'

/** What docs/deploying.md shows under "Names that move by an event". */
const [section = ''] = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
  .split(/^## /m)
  .filter(text => text.startsWith('Names that move by an event'))

const blocksOf = (language: string): readonly string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text)

/** The form is that of https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html. */
const notification = { Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: '{}' } }] }

describe('a wake-up of the documents', () => {
  it('by wakeOn is taken by the settings', () => {
    const settings = blocksOf('json').map(text => JSON.parse(text))
    expect(settings).toHaveLength(2)
    for (const { wakeOn } of settings) expect(v.parse(v.array(wake), wakeOn)).toEqual(wakeOn)
  })

  it('by an SNS topic goes through a function that starts a watch', async () => {
    const aws = mockClient(lambda.LambdaClient)
    aws.onAnyCommand().rejects(new Error('not asked for')).on(lambda.InvokeCommand).resolves({ StatusCode: 202 })
    const exported: { handler?: (event: unknown) => Promise<unknown> } = {}
    const [code = ''] = blocksOf('js')
    new Function('require', 'exports', code)((name: string) => ({ '@aws-sdk/client-lambda': lambda })[name], exported)

    await exported.handler?.(notification)

    const [call] = aws.commandCalls(lambda.InvokeCommand)
    expect(call?.args[0].input).toMatchObject({ FunctionName: 'repoint-orders', InvocationType: 'Event' })
    expect(parseTrigger(JSON.parse(String(call?.args[0].input.Payload)), aConfig())).toEqual({ kind: 'watch' })
  })

  it('is not what SNS itself sends', () => {
    expect(() => parseTrigger(notification, aConfig())).toThrow(InvocationError)
  })
})
