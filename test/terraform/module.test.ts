import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Copy, copyModule, findTerraform } from './terraform.ts'

const terraform = findTerraform()
const canRun = typeof terraform !== 'string'
if (!canRun) console.warn(`The Terraform module's own tests are skipped: ${terraform}.`)

describe.skipIf(!canRun).each([
  ['the module', '.', 11],
  ['its example with a load balancer', 'examples/load-balancer', 2],
])('%s', (_, subfolder, runs) => {
  let copy: Copy
  beforeAll(() => {
    if (canRun) copy = copyModule(terraform, subfolder)
  }, 240_000)
  afterAll(() => copy?.remove())

  it('is formatted', () => {
    expect(copy.run('fmt', '-check', '-recursive')).toMatchObject({ code: 0, output: '' })
  })

  it('is valid', () => {
    expect(copy.run('validate')).toMatchObject({ code: 0, output: expect.stringContaining('is valid') })
  }, 240_000)

  it('passes its tests against the provider’s own checks', () => {
    const { code, output } = copy.run('test')
    expect(output).toContain(`Success! ${runs} passed, 0 failed.`)
    expect(code).toBe(0)
  }, 480_000)
})
