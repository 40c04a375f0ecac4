import { blocks, cases } from '../compare/cases.ts'
import { runCases } from '../compare/run.ts'
import type { Figure } from './figures.ts'
import type { Bench } from './measure.ts'

/** How many times faster than AWS: faster runs leave the function too little wall time between two looks. */
export const outageSpeed = 20

/** What the same failover costs the application under every updater, as `npm start -- --compare` shows it. */
export const measureOutages = async ({ artefact }: Bench): Promise<Figure[]> => {
  const measured = await runCases(cases, { speed: outageSpeed, codeFolder: artefact.folder })
  return measured.map(({ block, label, row }): Figure => {
    const detail = row.isDown
      ? `still down after ${row.longestOutageSeconds.toFixed(0)} s: until somebody acts`
      : `errors for ${row.errorsForSeconds.toFixed(0)} s, with the lab's delays`
    return { name: `Outage, ${blocks[block]}, ${label}`, value: row.longestOutageSeconds, unit: 's', detail }
  })
}
