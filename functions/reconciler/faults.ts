import { AwsError, TransientError } from './ports.ts'

/** What failed, by the place of a front door or the source; told at the end of the invocation. */
export type Faults = ReadonlyMap<string, unknown>

/** The faults of one observer. */
export interface FaultLog {
  readonly all: () => Faults
  has(source: string): boolean
  /** Whether it is of no use to ask again: AWS refused for a reason that waiting does not fix. */
  isOff(source: string): boolean
  /** What may pass is no fault. What is not found may be between two names, and is asked for again. */
  record(source: string, error: unknown): void
  clear(source: string): void
}

export const createFaultLog = (): FaultLog => {
  const faults = new Map<string, unknown>()
  return {
    all: () => new Map(faults),
    has: source => faults.has(source),
    isOff: source => faults.has(source) && !isNotFound(faults.get(source)),
    record: (source, error) => {
      if (!(error instanceof TransientError)) faults.set(source, error)
    },
    clear: source => faults.delete(source),
  }
}

const isNotFound = (error: unknown): boolean => error instanceof AwsError && error.kind === 'not-found'
