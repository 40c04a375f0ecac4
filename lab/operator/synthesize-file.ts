import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { Side } from '../cloud/gateway-path.ts'
import * as fixture from '../fixture.ts'
import type { Template } from '../template/intrinsics.ts'

export type Stacks = Readonly<Record<Side, Template | undefined>>

/** The stacks of the settings' database and consumer. @throws SettingsError */
export const synthesizeFile = async (file: string): Promise<Stacks> => {
  const { codeElsewhere, synthesize } = await import('../../infra/app/app.ts')
  const { templates } = synthesize({ settings: JSON.parse(await readFile(file, 'utf8')), code: codeElsewhere })
  return {
    provider: templates['Repoint-orders'] as Template | undefined,
    consumer: templates[`Repoint-consumer-${fixture.consumer.name}`] as Template | undefined,
  }
}

type Answer = { readonly stacks: Stacks } | { readonly problem: string }

/** The same while the lab goes on. @throws Error with what synthesis refuses */
export const synthesizeBeside = (file: string): Promise<Stacks> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('synthesis-worker.ts', import.meta.url), { workerData: file })
    worker.once('error', reject)
    worker.once('message', (answer: Answer) => {
      if ('stacks' in answer) resolve(answer.stacks)
      else reject(new Error(answer.problem))
    })
  })
