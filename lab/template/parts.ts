import type {
  AccessLogSubscription,
  HostedZone,
  RecordSet,
  ResourceConfiguration,
  ResourceGateway,
  SecurityGroup,
  SecurityRule,
  VpcEndpoint,
} from '../api/resources.ts'

/** What a template puts into the resources, one by one, so that a deployment writes only what has changed. */
export type Part =
  | { readonly kind: 'security-group'; readonly id: string; readonly value: SecurityGroup }
  | {
      readonly kind: 'rule'
      readonly id: string
      readonly groupId: string
      readonly direction: 'incoming' | 'outgoing'
      readonly value: SecurityRule
    }
  | { readonly kind: 'gateway'; readonly id: string; readonly value: ResourceGateway }
  | { readonly kind: 'configuration'; readonly id: string; readonly value: ResourceConfiguration }
  | { readonly kind: 'access-log'; readonly id: string; readonly value: AccessLogSubscription }
  | { readonly kind: 'endpoint'; readonly id: string; readonly value: VpcEndpoint }
  | { readonly kind: 'zone'; readonly id: string; readonly value: HostedZone }
  | { readonly kind: 'record'; readonly id: string; readonly zoneId: string; readonly value: RecordSet }

export const keyOf = ({ kind, id }: Part): string => `${kind} ${id}`
