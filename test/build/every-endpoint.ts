import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { createClients } from '../../functions/reconciler/adapters/clients.ts'

/** Built with and without trimming, and run in a child process: the host that each service is asked at, by Region. */
export const handler = async (regions: readonly string[]): Promise<string[]> => {
  const hosts: string[] = []
  const transport = {
    handle: async ({ hostname }: { hostname: string }) => {
      hosts.push(hostname)
      throw new Error('nothing leaves this process')
    },
  }
  for (const region of regions) {
    const clients = createClients({ ...process.env, AWS_REGION: region }, transport)
    for (const ask of [
      () => clients.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'any' })),
      () => clients.rds.send(new DescribeDBInstancesCommand({})),
      () => clients.ec2.send(new DescribeNetworkInterfacesCommand({})),
      () => clients.eventBridge.send(new PutEventsCommand({ Entries: [] })),
    ]) {
      const asked = hosts.length
      await ask().catch((error: Error) => {
        if (hosts.length === asked) hosts.push(error.message)
      })
    }
  }
  return hosts
}
