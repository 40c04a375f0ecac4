import type { DetailType } from './names.ts'
import { type Ports, type Report, TransientError } from './ports.ts'

export interface Announcer {
  /** Goes out beside the watch: publishing must neither delay nor undo a repoint. */
  announce(detailType: DetailType, report: Report): void
  /** Waits until everything announced so far is out, or given up. Never throws. */
  finish(): Promise<void>
}

type Needs = Pick<Ports, 'publisher' | 'clock' | 'telemetry'>

/** Publishes reports. What the bus could not take for a moment is tried once more, after `pauseMs`. */
export const createAnnouncer = ({ publisher, clock, telemetry }: Needs, pauseMs: number): Announcer => {
  const publications: Promise<void>[] = []
  const publish = async (detailType: DetailType, report: Report): Promise<void> => {
    try {
      await publisher.publish(detailType, report)
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      await clock.sleep(pauseMs)
      await publisher.publish(detailType, report)
    }
  }
  return {
    announce: (detailType, report) => {
      publications.push(publish(detailType, report).catch(error => telemetry.reportNotPublished(error)))
    },
    finish: async () => {
      await Promise.all(publications)
    },
  }
}
