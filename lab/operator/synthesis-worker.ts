import { parentPort, workerData } from 'node:worker_threads'
import { synthesizeFile } from './synthesize-file.ts'

/** CDK takes its thread for a second or two, which no clock of the lab would forgive: so it gets one of its own. */
const answer = await synthesizeFile(workerData as string).then(
  stacks => ({ stacks }),
  (error: Error) => ({ problem: error.message }),
)
parentPort?.postMessage(answer)
