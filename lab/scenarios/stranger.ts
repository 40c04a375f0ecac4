import type { Cloud } from '../cloud/cloud.ts'
import * as fixture from '../fixture.ts'
import type { Closable } from '../model.ts'
import { openFront } from '../nlb/acceptor.ts'

/** Somebody who listens on the database's port at an address of the VPC, and would be sent passwords. */

export const strangerMet = 'A stranger is connected to'

export const listenAsStranger = (
  { network, timeline }: Pick<Cloud, 'network' | 'timeline'>,
  ip: string,
): Promise<Closable> =>
  openFront({
    ...{ network, ip, port: fixture.port },
    accept: client => {
      timeline.record('lab', strangerMet, { ip })
      client.destroy()
    },
  })
