import { detailTypes } from '../names.ts'
import type { Report } from '../ports.ts'
import { clientOptions, createClients } from './clients.ts'
import { createPublisher } from './events.ts'
import { createNlb } from './nlb.ts'

/**
 * Makes the calls of a failover on a transport that goes nowhere, so that their code is compiled before it is needed: it is
 * most of what a first one takes where CPU is scarce. Nothing leaves the process.
 */
export const rehearseWrites = async (): Promise<void> => {
  const clients = createClients(clientOptions(nobody, nowhere))
  const frontDoor = createNlb(clients.elbv2)
  const { publish } = createPublisher(clients.eventBridge, 'default', undefined)
  const targets = [{ ip: '10.0.0.1', port: 5432 }]
  await Promise.all([
    frontDoor.register('dry', targets),
    frontDoor.setWeights('dry', [{ targetGroupArn: 'dry', weight: 1 }]),
    publish(detailTypes.repointed, {} as Report),
  ])
  await frontDoor.deregister('dry', targets)
}

const nobody = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'nothing' }

/** Answers as AWS does where there is nothing to say: XML of the Query protocol, or JSON. */
const nowhere = {
  handle: async ({ headers, body }: { headers: Record<string, string | undefined>; body?: unknown }) => {
    const isJson = headers['content-type']?.includes('json')
    const action = isJson ? undefined : /^Action=(\w+)/.exec(String(body))?.[1]
    const answer = isJson ? '{"Entries":[]}' : `<${action}Response><${action}Result/></${action}Response>`
    return { response: { statusCode: 200, headers: {}, body: Buffer.from(answer) } }
  },
}
