import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2'
import {
  AddTagsCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTargetHealthCommand,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { clientOptions, createClients } from '../../functions/reconciler/adapters/clients.ts'
import { createEc2Client } from '../../functions/reconciler/adapters/ec2.ts'
import { createRdsClient } from '../../functions/reconciler/adapters/rds.ts'

/** Run as it stands and bundled, in a child process: makes every AWS call that the reconciler makes. */

const options = clientOptions(process.env)
const { elbv2, eventBridge } = createClients(options)
const [ec2, rds] = [createEc2Client(options), createRdsClient(options)]

const outcome = async (call: Promise<object>): Promise<unknown> => {
  try {
    const { $metadata, ...output } = (await call) as { $metadata: { httpStatusCode?: number } }
    return { status: $metadata.httpStatusCode, output }
  } catch (caught) {
    const error = caught as Error & {
      Code?: string
      code?: string
      $metadata?: { httpStatusCode?: number }
      $fault?: string
    }
    return {
      name: error.name,
      Code: error.Code,
      code: error.code,
      message: error.message,
      fault: error.$fault,
      status: error.$metadata?.httpStatusCode,
    }
  }
}

export interface Request {
  readonly call:
    | 'health'
    | 'register'
    | 'deregister'
    | 'listeners'
    | 'weigh'
    | 'tags'
    | 'tag'
    | 'clusters'
    | 'instances'
    | 'interfaces'
    | 'put'
  /** What the server is to answer: `ok`, or an error code. */
  readonly wanted: string
}

export const handler = async (requests: readonly Request[]): Promise<unknown[]> => {
  const outcomes: unknown[] = []
  for (const { call, wanted } of requests) outcomes.push(await outcome(calls[call](wanted)))
  return outcomes
}

const targets = [
  { Id: '10.0.1.10', Port: 5432 },
  { Id: '10.0.2.20', Port: 5433, AvailabilityZone: 'all' },
]

const forward = {
  Type: 'forward' as const,
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: 'arn:one', Weight: 1 },
      { TargetGroupArn: 'arn:two', Weight: 0 },
    ],
  },
}

const calls: Record<Request['call'], (wanted: string) => Promise<object>> = {
  health: wanted => elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: wanted })),
  register: wanted => elbv2.send(new RegisterTargetsCommand({ TargetGroupArn: wanted, Targets: targets })),
  deregister: wanted => elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn: wanted, Targets: targets })),
  listeners: wanted => elbv2.send(new DescribeListenersCommand({ ListenerArns: [wanted] })),
  weigh: wanted => elbv2.send(new ModifyListenerCommand({ ListenerArn: wanted, DefaultActions: [forward] })),
  tags: wanted => elbv2.send(new DescribeTagsCommand({ ResourceArns: [wanted] })),
  tag: wanted =>
    elbv2.send(new AddTagsCommand({ ResourceArns: [wanted], Tags: [{ Key: 'repoint:pair', Value: 'a / b' }] })),
  interfaces: wanted =>
    ec2.send(
      new DescribeNetworkInterfacesCommand({
        NextToken: 'next page',
        Filters: [{ Name: 'addresses.private-ip-address', Values: [wanted, 'c & d'] }],
      }),
    ),
  clusters: wanted => rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: wanted, MaxRecords: 20 })),
  instances: wanted =>
    rds.send(
      new DescribeDBInstancesCommand({
        DBInstanceIdentifier: wanted,
        Filters: [{ Name: 'a', Values: ['b', 'c & d'] }],
      }),
    ),
  put: wanted =>
    eventBridge.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: wanted,
            DetailType: 'Repoint Repointed',
            Detail: JSON.stringify({ text: 'ä "quoted"' }),
            Resources: ['arn:aws:rds:eu-west-1:111122223333:db:orders'],
            EventBusName: 'default',
            Time: new Date('2026-11-20T10:00:00.250Z'),
          },
        ],
      }),
    ),
}
