import type { Cloud } from '../cloud/cloud.ts'

/** What the page shows beside the timeline, at one moment. */
export interface LabView {
  readonly nowMs: number
  readonly speed: number
  readonly writer: string
  readonly targets: readonly { readonly target: string; readonly state: string; readonly reason?: string }[]
  readonly runs: number
  readonly running: number
  readonly rules: readonly { readonly name: string; readonly isEnabled: boolean }[]
  readonly schedule: string
  readonly alarms: readonly string[]
  /** Records of the consumer's hosted zones, and who is connected through its endpoints. */
  readonly paths: readonly { readonly name: string; readonly state: string }[]
}

export const viewOf = (cloud: Cloud): LabView => ({
  nowMs: Math.round(cloud.time.now()),
  speed: cloud.time.speed,
  writer: cloud.writerIp(),
  targets: targetsOf(cloud).map(({ ip, port, state, reason }) => ({
    target: `${ip}:${port}`,
    state,
    ...(reason === undefined ? {} : { reason }),
  })),
  runs: cloud.lambda.runs.length,
  running: cloud.lambda.running(),
  rules: cloud.wake.rules.map(({ name, isEnabled }) => ({ name, isEnabled })),
  schedule: cloud.wake.schedule.description,
  alarms: cloud.operations
    .alarms()
    .filter(({ state }) => state === 'ALARM')
    .map(({ name }) => name),
  paths: [
    ...cloud.resources.hostedZones.flatMap(({ records = [] }) =>
      records.map(({ setIdentifier = 'simple', weight }) => ({
        name: setIdentifier,
        state: weight === undefined ? 'always' : `weight ${weight}`,
      })),
    ),
    ...cloud.resources.vpcEndpoints.map(({ id, type = 'Interface' }) => ({
      name: `${type} endpoint`,
      state: `${cloud.consumer.endpoints.active(id)} open connections`,
    })),
  ],
})

const targetsOf = (cloud: Cloud) => (cloud.hasFrontDoor() ? cloud.targetGroup.describe() : [])
