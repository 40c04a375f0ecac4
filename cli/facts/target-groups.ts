import type { Clients } from '../aws/clients.ts'
import { attempt } from './attempt.ts'
import { andThen, type Gathered } from './gathered.ts'

export interface TargetGroupFacts {
  readonly arn: string
  readonly port: number
  readonly protocol: string
  readonly targetType: string
  readonly vpcId: string
  readonly loadBalancerArns: readonly string[]
  readonly healthCheck: {
    readonly protocol: string
    readonly port: string
    readonly intervalSeconds: number
    readonly timeoutSeconds: number
    readonly healthyThreshold: number
    readonly unhealthyThreshold: number
  }
  readonly attributes: Attributes
}

export interface TargetFacts {
  readonly ip: string
  readonly port: number
  readonly state: string
  readonly reason?: string
}

export const gatherTargetGroup = (clients: Clients, arn: Gathered<string>): Promise<Gathered<TargetGroupFacts>> =>
  andThen(arn, TargetGroupArn =>
    attempt(async () => {
      const elbv2 = await clients.elbv2()
      const [{ TargetGroups: [group] = [] }, { Attributes }] = await Promise.all([
        elbv2.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] }),
        elbv2.describeTargetGroupAttributes({ TargetGroupArn }),
      ])
      return {
        arn: TargetGroupArn,
        port: group?.Port ?? 0,
        protocol: group?.Protocol ?? 'unknown',
        targetType: group?.TargetType ?? 'unknown',
        vpcId: group?.VpcId ?? '',
        loadBalancerArns: group?.LoadBalancerArns ?? [],
        healthCheck: {
          protocol: group?.HealthCheckProtocol ?? 'TCP',
          port: group?.HealthCheckPort ?? 'traffic-port',
          intervalSeconds: group?.HealthCheckIntervalSeconds ?? 30,
          timeoutSeconds: group?.HealthCheckTimeoutSeconds ?? 10,
          healthyThreshold: group?.HealthyThresholdCount ?? 5,
          unhealthyThreshold: group?.UnhealthyThresholdCount ?? 2,
        },
        attributes: readAttributes(Attributes),
      }
    }),
  )

export const gatherTargets = (clients: Clients, arn: Gathered<string>): Promise<Gathered<readonly TargetFacts[]>> =>
  andThen(arn, TargetGroupArn =>
    attempt(async () => {
      const { TargetHealthDescriptions = [] } = await (await clients.elbv2()).describeTargetHealth({ TargetGroupArn })
      return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        ip: Target?.Id ?? '',
        port: Target?.Port ?? 0,
        state: TargetHealth?.State ?? 'unknown',
        ...(TargetHealth?.Reason === undefined ? {} : { reason: TargetHealth.Reason }),
      }))
    }),
  )

export type Attributes = Readonly<Record<string, string>>

/** Keys and values as Elastic Load Balancing lists them. */
export const readAttributes = (
  list: readonly { Key?: string | undefined; Value?: string | undefined }[] = [],
): Attributes => Object.fromEntries(list.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])))
