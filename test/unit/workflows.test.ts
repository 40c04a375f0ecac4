import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)
const workflows = readdirSync(folder).map(name => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

const textOf = (name: string) => workflows.find(it => it.name === name)?.text ?? ''
const jobsOf = (text: string) => text.split('\njobs:\n')[1]?.split(/^(?= {2}\w+:$)/m) ?? []

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
    const release = textOf('release.yml')
    const made = release.indexOf('npm run release')
    expect(made).toBeGreaterThan(0)
    expect(release.slice(made)).not.toMatch(/(>|cp|mv|tee|-o|--output)\s+\S*dist\/release/)
  })

  it.each(workflows)('$name runs no test where it may write, or sign in our name', ({ text }) => {
    const jobs = jobsOf(text)
    expect(jobs.some(job => job.includes('bash .ci/run'))).toBe(true)
    const mayWrite = jobs.filter(job => /: write\b/.test(job))
    for (const job of mayWrite) expect(job).not.toMatch(/\.ci\/run|npm (run )?test|vitest/)
  })

  it('release is published after the checks alone', () => {
    const release = textOf('release.yml')
    expect(release).toMatch(/^ {2}publish:\n {4}needs: checks$/m)
  })

  it('release attests where each file that it publishes was built, before it publishes any', () => {
    const publish = jobsOf(textOf('release.yml')).find(job => job.startsWith('  publish:')) ?? ''
    expect(publish).toMatch(/^ {6}id-token: write\b/m)
    expect(publish).toMatch(/^ {6}attestations: write\b/m)
    const steps = [
      /^ {8}run: npm run release$/m,
      /^ {6}- uses: actions\/attest-build-provenance@\S+ #.*\n {8}with:\n {10}subject-path: dist\/release\/\*$/m,
      /gh release create "\$GITHUB_REF_NAME" dist\/release\/\* /,
    ].map(step => publish.search(step))
    expect(Math.min(...steps)).toBeGreaterThan(0)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
    expect(publish).not.toMatch(/^ {6,8}(- )?if:|continue-on-error/m)
  })

  it('CI asks for known vulnerabilities of what is locked, and one of level high fails it', () => {
    const audit = jobsOf(textOf('ci.yml')).find(job => job.startsWith('  audit:')) ?? ''
    expect(audit).toMatch(/^ {6}- run: npm audit --package-lock-only --audit-level high$/m)
    expect(audit).not.toMatch(/^ {4,8}(- )?if:|continue-on-error/m)
    expect(textOf('ci.yml')).toMatch(/^on:\n {2}push:\n {4}branches: \[main\]\n {2}pull_request:$/m)
  })

  it.each(workflows)('$name runs the checks that a contributor runs', ({ text }) => {
    expect(text).toContain('run: bash .ci/run')
  })
})
