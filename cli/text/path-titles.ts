import type { PathName } from '../facts/path-facts.ts'

export const pathTitles: Readonly<Record<PathName, string>> = { nlb: 'load balancer', gateway: 'resource gateway' }
