import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)
const workflows = readdirSync(folder).map(name => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

describe('the workflows', () => {
  it.each(workflows)('$name names every action by its commit, which nobody can move', ({ text }) => {
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action)
    expect(used.length).toBeGreaterThan(0)
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
  })

  it.each(workflows)('$name begins with no permission to write', ({ text }) => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m)
  })

  it('release puts nothing beside the files whose checksums it publishes', () => {
    const release = workflows.find(({ name }) => name === 'release.yml')?.text ?? ''
    const made = release.indexOf('npm run release')
    expect(made).toBeGreaterThan(0)
    expect(release.slice(made)).not.toMatch(/(>|cp|mv|tee|-o|--output)\s+\S*dist\/release/)
  })

  it.each(workflows)('$name runs no test where it may write, or sign in our name', ({ text }) => {
    const jobs = text.split('\njobs:\n')[1]?.split(/^(?= {2}\w+:$)/m) ?? []
    expect(jobs.some(job => job.includes('bash .ci/run'))).toBe(true)
    const mayWrite = jobs.filter(job => /: write\b/.test(job))
    for (const job of mayWrite) expect(job).not.toMatch(/\.ci\/run|npm (run )?test|vitest/)
  })

  it('release is published after the checks alone', () => {
    const release = workflows.find(({ name }) => name === 'release.yml')?.text ?? ''
    expect(release).toMatch(/^ {2}publish:\n {4}needs: checks$/m)
  })

  it.each(workflows)('$name runs the checks that a contributor runs', ({ text }) => {
    expect(text).toContain('run: bash .ci/run')
  })
})
