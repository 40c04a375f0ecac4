import { CustomChart, type CustomSeriesOption } from 'echarts/charts'
import { GridComponent, type GridComponentOption } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { printable } from '../page/html.ts'

echarts.use([CustomChart, GridComponent, SVGRenderer])

export type Option = echarts.ComposeOption<CustomSeriesOption | GridComponentOption>

/** A chart as an SVG that needs no script. Pixels. */
export const renderSvg = (
  option: Option,
  { width, height }: { readonly width: number; readonly height: number },
): string => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return tidy(chart.renderToSVGString({ useViewBox: true }))
  } finally {
    chart.dispose()
  }
}

/**
 * Without what only ECharts in a browser would read: its meta data, and hover styles under names counted up by process.
 * Labels are texts of others, whom ECharts escapes as markup alone.
 */
const tidy = (svg: string): string =>
  printable(svg)
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (ecmeta_\w+|class|xml:space)="[^"]*"/g, '')
