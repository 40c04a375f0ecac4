import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { addStacks, codeElsewhere } from '../../infra/app/app.ts'
import { parseSettings } from '../../infra/app/settings.ts'
import { isWriteUp } from './documented-commands.ts'
import { missingFrom, shownOutputs, textOf, writeUps } from './shown-output.ts'

/** Each command of the pages from write-ups whose output is shown, by what runs it. */
const runners = {
  'write-ups-run.test.ts': /^repoint /,
  'test/lab/rehearsal.test.ts': /^npm start -- --scenario [a-z-]+$/,
  'this file': /^npx cdk synth Repoint-consumer-analytics$/,
}

/** What synthesis warns of, of all the settings that the page shows. */
const warningsOf = (page: string): string => {
  const shown = [...textOf(page).matchAll(/^```json\n(.*?)^```/gms)].map(([, text = '']) => JSON.parse(text))
  const app = new App({ autoSynth: false, builtinCloudFormationValidation: false })
  const settings = parseSettings('repoint.json', JSON.stringify(Object.assign({}, ...shown)))
  addStacks(app, { settings, code: codeElsewhere })
  const found = app.node.findAll().flatMap(({ node }) => node.metadata)
  return found.flatMap(({ type, data }) => (type === 'aws:cdk:warning' ? [String(data)] : [])).join('\n')
}

describe('the pages from write-ups', () => {
  it('are five, each with commands whose output is shown', () => {
    expect(writeUps.map(page => isWriteUp(`docs/${page}`))).toEqual(Array.from({ length: 5 }, () => true))
    expect([...new Set(shownOutputs.map(({ page }) => page))].toSorted()).toEqual(writeUps)
  })

  it.each(writeUps)('show no output that nothing runs: %s', page => {
    const outputs = [...textOf(page).matchAll(/^```(\w*)\n[^`]*^```/gm)].filter(([, language]) => language === '')
    expect(shownOutputs.filter(it => it.page === page)).toHaveLength(outputs.length)
  })

  it.each(shownOutputs)('show the output of a command that a test runs: $command', ({ command, lines }) => {
    expect(lines.length).toBeGreaterThan(0)
    expect(Object.values(runners).filter(pattern => pattern.test(command))).toHaveLength(1)
  })

  it.each(shownOutputs.filter(({ command }) => runners['this file'].test(command)))(
    'show what synthesis warns of: $page',
    ({ page, lines }) => {
      expect(missingFrom(warningsOf(page), lines)).toEqual([])
    },
  )
})

describe('a line of a page', () => {
  it.each([
    ['whose duration differs', '    10.0.2.20:5432 accepts a connection (3 ms).', true],
    ['that is wrapped elsewhere', '10.0.2.20:5432  accepts', true],
    ['with another address', '10.0.2.30:5432 accepts a connection (12 ms).', false],
    ['with the beginning of an address', '10.0.2.20:543', false],
  ])('%s: %j', (_, line, isFound) => {
    const output = 'consumer-tcp\n  10.0.2.20:5432\n  accepts a connection (12 ms).'
    expect(missingFrom(output, [line])).toEqual(isFound ? [] : [line])
  })
})
