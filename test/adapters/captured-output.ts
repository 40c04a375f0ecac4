import { vi } from 'vitest'

export interface Output {
  /** Log lines and metrics. */
  readonly json: Record<string, unknown>[]
  /** Anything else, such as complaints of a library. */
  readonly text: string[]
}

/** What the function writes where CloudWatch Logs would read it. */
export const capturing = async (act: () => unknown): Promise<Output> => {
  let written = ''
  const spies = [process.stdout, process.stderr].map(stream =>
    vi.spyOn(stream, 'write').mockImplementation(chunk => {
      written += String(chunk)
      return true
    }),
  )
  try {
    await act()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  const lines = written.split('\n').filter(line => line !== '')
  return {
    json: lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line)),
    text: lines.filter(line => !line.startsWith('{')),
  }
}

export interface Emf {
  readonly _aws: {
    readonly CloudWatchMetrics: {
      readonly Namespace: string
      readonly Dimensions: string[][]
      readonly Metrics: { readonly Name: string; readonly Unit: string }[]
    }[]
  }
  readonly [field: string]: unknown
}

export const isEmf = (line: object): line is Emf => '_aws' in line

/** Metric values by name. */
export const valuesOf = (blob: Emf | undefined): Record<string, unknown> =>
  Object.fromEntries((blob?._aws.CloudWatchMetrics[0]?.Metrics ?? []).map(({ Name: name }) => [name, blob?.[name]]))
