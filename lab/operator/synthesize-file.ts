import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { type Stacks, stacksOf } from '../template/synthesis.ts'

/** The stacks of the settings' database and consumer. @throws SettingsError */
export const synthesizeFile = async (file: string): Promise<Stacks> =>
  stacksOf(JSON.parse(await readFile(file, 'utf8')))

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
