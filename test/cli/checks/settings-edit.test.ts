import { expect, it } from 'vitest'
import { ok, problem } from '../../../cli/checks/finding.ts'
import { judgeSettingsEdit } from '../../../cli/checks/settings-edit.ts'

const cannot = (why: string) =>
  problem(`The settings cannot hold it (${why}).`, 'Fix the settings first: what they refuse, no deployment takes.')

it.each([
  ['hold what a step writes', undefined, ok('The settings stay valid.')],
  ['refuse it in one line', 'repoint.json cannot be written', cannot('repoint.json cannot be written')],
  [
    'refuse it in a line each, told in one',
    'repoint.json has 2 problems:\n  - databases.0.port: missing\n  - consumers.0.vpcId: got x',
    cannot('repoint.json has 2 problems: databases.0.port: missing; consumers.0.vpcId: got x'),
  ],
])('the settings %s', (_, why, expected) => {
  expect(judgeSettingsEdit(why)).toEqual(expected)
})
