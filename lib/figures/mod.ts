/**
 * Figures and tables: builders that take plain numbers and give Vega-Lite specifications, and what draws
 * these.
 *
 * @module
 */
export * from "./types.ts";
export type { AxisOptions, ChartTexts } from "./_axes.ts";
export { type BrowserScript, browserScripts } from "./browser.ts";
export { type Bar, barChart, type BarChartOptions } from "./bar_chart.ts";
export {
  criticalDifference,
  type CriticalDifferenceOptions,
  findCliques,
  type RankedMethod,
} from "./critical_difference.ts";
export { type MimeBundle, show, toMimeBundle } from "./display.ts";
export {
  type Diagram,
  type DiagramBox,
  type DiagramLink,
  type DiagramNode,
  diagrams,
  type DiagramsOptions,
  type DiagramTile,
} from "./diagram.ts";
export { figure, type FigureOptions } from "./figure.ts";
export {
  type Arrow,
  type Grid,
  heatmap,
  type HeatmapOptions,
  type Line,
  type PlaneLayers,
} from "./heatmap.ts";
export { lineChart, type LineChartOptions, type LineSeries } from "./line_chart.ts";
export { mosaic, type MosaicOptions, type TileGroup } from "./mosaic.ts";
export { type Tile, type TileColours, tilePicture, type TilePictureOptions } from "./_tile.ts";
export { panels, type PanelsOptions, panelWidth } from "./panels.ts";
export { type Provenance, stampProvenance } from "./provenance.ts";
export { pngMetadata } from "./_png.ts";
export { type PngOptions, renderPng, renderSvg } from "./render.ts";
export { type Ridge, ridgeline, type RidgelineOptions } from "./ridgeline.ts";
export { scatterChart, type ScatterChartOptions, type ScatterPoint } from "./scatter_chart.ts";
export { scientific } from "./scientific.ts";
export { type Slider, sliderFigure } from "./slider.ts";
export {
  formatCell,
  isNumericColumn,
  tableNotes,
  tableToCsv,
  tableToHtml,
  tableToMarkdown,
} from "./tables.ts";
export { FAMILY_COLOURS, FIGURE_WIDTH, INK, PALETTE, theme } from "./theme.ts";
