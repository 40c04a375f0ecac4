import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2'
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { clientOptions, createClients } from '../../functions/reconciler/adapters/clients.ts'
import { createEc2Client } from '../../functions/reconciler/adapters/ec2.ts'
import { createRdsClient } from '../../functions/reconciler/adapters/rds.ts'

/** Run as it stands and bundled, in a child process: the host that each service is asked at, by Region. */
export const handler = async (regions: readonly string[]): Promise<string[]> => {
  const hosts: string[] = []
  const transport = {
    handle: async ({ hostname }: { hostname: string }) => {
      hosts.push(hostname)
      throw new Error('nothing leaves this process')
    },
  }
  for (const region of regions) {
    const options = clientOptions({ ...process.env, AWS_REGION: region }, transport)
    const { elbv2, eventBridge } = createClients(options)
    const [ec2, rds] = [createEc2Client(options), createRdsClient(options)]
    for (const ask of [
      () => elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'any' })),
      () => rds.send(new DescribeDBInstancesCommand({})),
      () => ec2.send(new DescribeNetworkInterfacesCommand({})),
      () => eventBridge.send(new PutEventsCommand({ Entries: [] })),
    ]) {
      const asked = hosts.length
      await ask().catch((error: Error) => {
        if (hosts.length === asked) hosts.push(error.message)
      })
    }
  }
  return hosts
}
