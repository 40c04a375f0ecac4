import { describe, expect, it } from 'vitest'
import { addSighting, createMemory } from '../../functions/reconciler/memory.ts'
import { answers } from '../fakes/fake-dns.ts'
import { A } from './core/builders.ts'

describe('a new memory', () => {
  it('knows nothing', () => {
    expect(createMemory()).toEqual({
      sightings: [],
      awaited: [],
      answeringSinceMs: new Map(),
      parts: new Map(),
      owners: new Map(),
    })
  })
})

describe('a sighting', () => {
  it.each([
    ['of this moment is kept', 1_000_000, true],
    ['of two and a half minutes ago is kept', 850_000, true],
    ['of longer ago is forgotten', 849_999, false],
    ['of later, before the clock was set back, is forgotten', 1_000_001, false],
  ])('%s', (_which, atMs, isKept) => {
    const [earlier, now] = [atMs, 1_000_000].map(ms => ({ atMs: ms, answer: answers(A) }))
    const memory = { ...createMemory(), sightings: earlier ? [earlier] : [] }
    if (now) addSighting(memory, now)
    expect(memory.sightings).toEqual(isKept ? [earlier, now] : [now])
  })
})
