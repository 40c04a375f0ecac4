/** The metrics of `AWS/NetworkELB` that the lab counts, by their names there. Sums since the start. */
export interface FlowCounters {
  NewFlowCount: number
  ActiveFlowCount: number
  ProcessedBytes: number
  TCP_Client_Reset_Count: number
  TCP_Target_Reset_Count: number
  TCP_ELB_Reset_Count: number
  /** Flows that were routed although no target was healthy (fail open). */
  UnhealthyRoutingFlowCount: number
}

export const startCounting = (): FlowCounters => ({
  NewFlowCount: 0,
  ActiveFlowCount: 0,
  ProcessedBytes: 0,
  TCP_Client_Reset_Count: 0,
  TCP_Target_Reset_Count: 0,
  TCP_ELB_Reset_Count: 0,
  UnhealthyRoutingFlowCount: 0,
})
