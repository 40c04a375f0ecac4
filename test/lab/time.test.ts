import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Closable } from '../../lab/model.ts'
import { openNetwork } from '../../lab/network.ts'
import { startTime } from '../../lab/time.ts'
import { startTimeline } from '../../lab/timeline.ts'

describe('scenario time', () => {
  it('runs as many times faster than the wall clock as the speed says', () => {
    let wall = 1000
    const time = startTime({ speed: 20, wallNow: () => wall })
    wall += 500
    expect(time.now()).toBe(10_000)
  })

  it('ends a sleep with the reason of its signal', async () => {
    const stop = new AbortController()
    const sleeping = startTime({ speed: 1 }).sleep(3_600_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
  })

  it('does not run what was cancelled', async () => {
    const time = startTime({ speed: 1000 })
    const ran: string[] = []
    const cancel = time.after(1, () => ran.push('cancelled'))
    cancel()
    await time.sleep(1000)
    expect(ran).toEqual([])
  })

  it('knows no speed of zero', () => {
    expect(() => startTime({ speed: 0 })).toThrow('above 0')
  })
})

describe('the timeline', () => {
  it('keeps moments in order and tells listeners', () => {
    let now = 0
    const timeline = startTimeline({ now: () => now })
    const heard: string[] = []
    timeline.onMoment(moment => heard.push(`${moment.atMs} ${moment.what}`))
    timeline.record('rds', 'first')
    now = 1500.4
    timeline.record('dns', 'second', { ip: '10.0.1.10' })
    expect(heard).toEqual(['0 first', '1500 second'])
    expect(timeline.moments.at(-1)?.fields).toEqual({ ip: '10.0.1.10' })
  })
})

describe('the network', () => {
  const open: Closable[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map(closable => closable.close()))
  })
  const openLab = async () => {
    const network = await openNetwork([
      { ip: '10.0.1.10', port: 5432 },
      { ip: '10.0.2.20', port: 5432 },
    ])
    open.push(network)
    return network
  }
  const listenAt = async (at: { host: string; port: number }) => {
    const server = createServer()
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve))
    open.push({ close: () => new Promise(resolve => server.close(() => resolve())) })
  }

  it('answers the same socket every time, and another for each address', async () => {
    const network = await openLab()
    const writer = network.listenAt('10.0.1.10', 5432)
    expect(network.connectTo('10.0.1.10', 5432)).toEqual(writer)
    expect(network.connectTo('10.0.2.20', 5432)).not.toEqual(writer)
    expect(writer.host).toMatch(/^127\./)
  })

  it('gives sockets that can be listened on', async () => {
    const network = await openLab()
    await listenAt(network.listenAt('10.0.1.10', 5432))
    await listenAt(network.listenAt('10.0.2.20', 5432))
    expect(open.length).toBe(3)
  })

  it('keeps two labs at the same time apart', async () => {
    const [one, two] = [await openLab(), await openLab()]
    await listenAt(one.listenAt('10.0.1.10', 5432))
    await listenAt(two.listenAt('10.0.1.10', 5432))
    expect(one.listenAt('10.0.1.10', 5432)).not.toEqual(two.listenAt('10.0.1.10', 5432))
  })

  it('answers for an address that nobody named', async () => {
    const network = await openLab()
    expect(network.connectTo('10.0.9.99', 5432)).toEqual(network.connectTo('10.0.9.99', 5432))
  })

  it('avoids privileged ports', async () => {
    const network = await openNetwork([{ ip: '10.0.1.10', port: 443 }])
    open.push(network)
    expect(network.listenAt('10.0.1.10', 443).port).toBeGreaterThan(1023)
  })
})
