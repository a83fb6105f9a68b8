/** Builds a uPlot instance from what a line chart is asked to show. Everything that changes often is read through `get`. */
import uPlot from 'uplot'
import { getHighlight } from '@/charts/highlight'
import { fitRange, lowerBound, placesInside } from '@/charts/range'
import { layersOf, lonePlaces, type ChartSeries, type Layer } from '@/charts/series'
import { linearTicks, logDurationTicks, logTicks, tickLabels, type AxisUnit } from '@/charts/ticks'
import { hideTooltip, showTooltip } from '@/charts/tooltip'
import { formatCount, formatDuration, formatNumber, formatTime } from '@/lib/format'
import { shortenMiddle } from '@/lib/text'

export interface PlotInput {
  x: readonly number[]
  series: readonly ChartSeries[]
  xUnit: AxisUnit
  xLabel: string
  isLogX: boolean
  isLogY: boolean
  hasBand: boolean
  ignoresOutliers: boolean
  /** Fills the space under the line, for a chart of one series. */
  isFilled: boolean
  /** The part of x that is shown; all if null. */
  range: readonly [number, number] | null
  onZoom: (range: [number, number] | null) => void
}

const SYNC_KEY = 'charts' // one crosshair for every chart on the page
const MANY_SERIES = 20 // beyond it hairlines: without a GPU they cost a third
const TOOLTIP_ROWS = 8
const REACH_PX = 14 // how far from the crosshair a value may lie to be read

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const faded = (color: string, alpha: number) =>
  color +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')

export function formatX(value: number, unit: AxisUnit): string {
  if (unit === 'duration') return formatDuration(value)
  if (unit === 'moment') return formatTime(value)
  return Number.isInteger(value) ? formatCount(value) : formatNumber(value)
}

export function buildPlot(
  element: HTMLElement,
  data: uPlot.AlignedData,
  size: { width: number; height: number },
  get: () => PlotInput,
): uPlot {
  const input = get()
  const layers = layersOf(input.series, input.hasBand)
  const colors = new Map(input.series.map(each => [each.color, token(each.color)]))
  let isHovered = false

  const plot = new uPlot(
    {
      ...size,
      padding: [6, 18, 0, 0],
      legend: { show: false },
      series: [{}, ...layers.map(layer => layerOptions(layer, input, colors))],
      bands: layers.flatMap(({ series, role }, i) =>
        role === 'high' ? [{ series: [i + 1, i] as [number, number], fill: bandFill(input, series, colors) }] : [],
      ),
      scales: {
        x: { time: false, distr: input.isLogX ? 3 : 1, range: plot => xRange(plot, get()) },
        y: { distr: input.isLogY ? 3 : 1, range: plot => yRange(plot, get(), layers) },
      },
      axes: axes(input),
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: 4 },
        focus: { prox: -1 },
        sync: { key: SYNC_KEY, scales: ['x', null] },
        dataIdx: nearestPlace,
        points: {
          show: (_plot, place) => {
            const layer = layers[place - 1]
            const point = document.createElement('div')
            // Many dots would hide the lines, so they are shown for few series only.
            if (layer?.role !== 'main' || input.series.length > 12) point.style.display = 'none'
            return point
          },
          size: 7,
          width: 1.5,
          stroke: () => token('--surface'),
          fill: (_plot, place) => colors.get(input.series[layers[place - 1]?.series ?? 0]?.color ?? '') ?? 'transparent',
        },
        bind: {
          dblclick: () => () => {
            get().onZoom(null)
            return null
          },
        },
      },
      hooks: {
        setSelect: [
          plot => {
            const { left, width } = plot.select
            if (width < 4) return
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
            get().onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')])
          },
        ],
        setCursor: [plot => (isHovered ? describeCursor(plot, get(), layers) : undefined)],
        draw: [plot => drawOddMarks(plot, get(), colors)],
      },
    },
    data,
    element,
  )
  plot.over.addEventListener('mouseenter', () => (isHovered = true))
  plot.over.addEventListener('mouseleave', () => {
    isHovered = false
    hideTooltip()
  })
  return plot
}

/** Line widths follow the highlight; colours are read anew at every draw. */
export function redrawHighlight(plot: uPlot, input: PlotInput): void {
  layersOf(input.series, input.hasBand).forEach((layer, i) => {
    const options = plot.series[i + 1]
    if (options && layer.role === 'main') options.width = lineWidth(input, input.series[layer.series]!.id)
  })
  plot.redraw(false)
}

function lineWidth(input: PlotInput, id: string): number {
  return getHighlight() === id ? 2.5 : input.series.length > MANY_SERIES ? 1 : 1.5
}

function layerOptions({ series, role }: Layer, input: PlotInput, colors: ReadonlyMap<string, string>): uPlot.Series {
  const { id, color, dash } = input.series[series]!
  const css = colors.get(color)!
  if (role === 'low' || role === 'high') return { stroke: 'transparent', width: 0, points: { show: false } }
  const isDimmed = () => getHighlight() !== null && getHighlight() !== id && input.series.some(each => each.id === getHighlight())
  if (role === 'raw') return { stroke: () => faded(css, isDimmed() ? 0.05 : 0.2), width: 1, points: { show: false } }
  return {
    stroke: () => (isDimmed() ? faded(css, 0.16) : css),
    width: lineWidth(input, id),
    dash: [...dash],
    points: { show: false, size: 5, stroke: css, fill: css, filter: (plot, place) => nonEmpty(lonePlaces(plot.data[place] as number[])) },
    ...(input.isFilled && { fill: (plot: uPlot) => verticalGradient(plot, css) }),
  }
}

const nonEmpty = (places: number[]) => (places.length > 0 ? places : null)

function verticalGradient(plot: uPlot, css: string): CanvasGradient {
  const gradient = plot.ctx.createLinearGradient(0, plot.bbox.top, 0, plot.bbox.top + plot.bbox.height)
  gradient.addColorStop(0, faded(css, 0.22))
  gradient.addColorStop(1, faded(css, 0))
  return gradient
}

function bandFill(input: PlotInput, series: number, colors: ReadonlyMap<string, string>): string {
  return faded(colors.get(input.series[series]!.color)!, input.series.length > 3 ? 0.1 : 0.17)
}

function xRange(plot: uPlot, { range, isLogX }: PlotInput): [number, number] {
  const x = plot.data[0]
  let low = range?.[0] ?? x[0] ?? 0
  const high = range?.[1] ?? x.at(-1) ?? 1
  if (isLogX && low <= 0) low = x.find(value => value > 0) ?? 1
  if (high > low) return [low, high]
  return isLogX ? [low / 2, low * 2] : [low - 1, low + 1]
}

function yRange(plot: uPlot, input: PlotInput, layers: readonly Layer[]): [number, number] {
  const [low, high] = xRange(plot, input)
  const [first, last] = placesInside(plot.data[0], low, high)
  // Raw lines count too, unless their spikes were asked to run out of the picture.
  const columns = layers.flatMap((layer, i) =>
    input.ignoresOutliers && layer.role !== 'main' ? [] : [plot.data[i + 1] as (number | null)[]],
  )
  return fitRange(columns, { isLog: input.isLogY, ignoresOutliers: input.ignoresOutliers, first, last })
}

function axes({ xUnit, isLogX, isLogY }: PlotInput): uPlot.Axis[] {
  // uPlot scales fonts by whole px only.
  const common: uPlot.Axis = {
    stroke: token('--text-3'),
    font: `11px ${token('--font-sans')}`,
    ticks: { show: false },
    filter: (_plot, splits) => splits,
  }
  // The plot's own size is known before the first draw, that of its parts is not.
  const xTicks = (plot: uPlot, low: number, high: number) => {
    const most = Math.max(2, Math.floor((plot.width - 60) / (xUnit === 'number' ? 52 : xUnit === 'moment' ? 66 : 72)))
    if (isLogX) return xUnit === 'duration' ? logDurationTicks(low, high, most) : logTicks(low, high, most)
    return linearTicks(low, high, most, xUnit)
  }
  const yTicks = (plot: uPlot, low: number, high: number) => {
    const most = Math.max(2, Math.floor((plot.height - 30) / 28))
    return isLogY ? logTicks(low, high, most) : linearTicks(low, high, most)
  }
  return [
    {
      ...common,
      size: 24,
      gap: 5,
      grid: { show: false },
      border: { show: true, stroke: token('--line-2'), width: 1 },
      splits: (plot, _axis, low, high) => xTicks(plot, low, high),
      values: (_plot, ticks) => tickLabels(ticks, xUnit),
    },
    {
      ...common,
      gap: 6,
      grid: { stroke: token('--grid'), width: 1 },
      splits: (plot, _axis, low, high) => yTicks(plot, low, high),
      values: (_plot, ticks) => tickLabels(ticks, 'number'),
      size: (_plot, labels) => Math.max(34, 14 + 6.4 * Math.max(1, ...(labels ?? []).map(label => label?.length ?? 0))),
    },
  ]
}

/** The place whose value the crosshair reads: runs rarely share every x, so the nearest that has one, if it is near. */
function nearestPlace(plot: uPlot, column: number, place: number): number {
  const values = plot.data[column]
  if (column === 0 || !values || (values[place] !== null && values[place] !== undefined)) return place
  const x = plot.data[0]
  const at = plot.valToPos(x[place]!, 'x')
  for (let step = 1; step < x.length; step++) {
    const before = place - step
    const after = place + step
    const isBeforeNear = before >= 0 && at - plot.valToPos(x[before]!, 'x') <= REACH_PX
    const isAfterNear = after < x.length && plot.valToPos(x[after]!, 'x') - at <= REACH_PX
    if (isBeforeNear && values[before] !== null && values[before] !== undefined) return before
    if (isAfterNear && values[after] !== null && values[after] !== undefined) return after
    if (!isBeforeNear && !isAfterNear) break
  }
  return place
}

function describeCursor(plot: uPlot, input: PlotInput, layers: readonly Layer[]): void {
  const place = plot.cursor.idx
  const { left, top } = plot.cursor
  if (place === null || place === undefined || left === undefined || top === undefined || left < 0) return hideTooltip()
  const offset = input.x.length - plot.data[0].length
  const found: { series: ChartSeries; value: number; distance: number; odd: number }[] = []
  layers.forEach(({ series, role }, i) => {
    if (role !== 'main') return
    const at = plot.cursor.idxs?.[i + 1] ?? place
    const value = plot.data[i + 1]?.[at]
    const each = input.series[series]!
    const odd = each.odd?.[place + offset] ?? 0
    if (typeof value === 'number') found.push({ series: each, value, odd, distance: Math.abs(plot.valToPos(value, 'y') - top) })
    else if (odd > 0) found.push({ series: each, value: Number.NaN, odd, distance: plot.over.clientHeight - top })
  })
  if (found.length === 0) return hideTooltip()
  found.sort((a, b) => a.distance - b.distance)
  const nearest = found[0]!
  const rows = found
    .slice(0, TOOLTIP_ROWS)
    .sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : b.value - a.value))
    .map(({ series, value, odd, distance }) => ({
      color: series.color,
      label: shortenMiddle(series.label, 46),
      value: (Number.isNaN(value) ? '' : formatNumber(value)) + (odd > 0 ? ` ${odd} NaN/∞` : ''),
      isNearest: found.length > 1 && distance === nearest.distance,
    }))
  const box = plot.over.getBoundingClientRect()
  showTooltip(
    { x: formatX(plot.data[0][place]!, input.xUnit), xLabel: input.xLabel, rows, more: found.length - rows.length },
    box.left + left,
    box.top + top,
  )
}

/** A cross on the x axis where values are NaN or infinite: they have no height, but must not be missed. */
function drawOddMarks(plot: uPlot, input: PlotInput, colors: ReadonlyMap<string, string>): void {
  const { ctx, bbox } = plot
  const scale = uPlot.pxRatio
  const [low, high] = xRange(plot, input)
  ctx.save()
  ctx.lineWidth = 1.5 * scale
  for (const { odd, color } of input.series) {
    if (!odd) continue
    ctx.strokeStyle = colors.get(color) ?? token(color)
    ctx.beginPath()
    const end = Math.min(odd.length, lowerBound(input.x, high) + 1)
    for (let i = lowerBound(input.x, low); i < end; i++) {
      if (!odd[i]) continue
      const x = plot.valToPos(input.x[i]!, 'x', true)
      const y = bbox.top + bbox.height - 5 * scale
      const arm = 3 * scale
      ctx.moveTo(x - arm, y - arm)
      ctx.lineTo(x + arm, y + arm)
      ctx.moveTo(x - arm, y + arm)
      ctx.lineTo(x + arm, y - arm)
    }
    ctx.stroke()
  }
  ctx.restore()
}
