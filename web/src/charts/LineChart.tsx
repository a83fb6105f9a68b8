import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react'
import type uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import '@/charts/chart.css'
import { exportPng } from '@/charts/export'
import { onHighlight } from '@/charts/highlight'
import { buildPlot, redrawHighlight, type PlotInput } from '@/charts/plot'
import { layersOf, packData } from '@/charts/series'
import { hideTooltip } from '@/charts/tooltip'
import { useTheme } from '@/lib/theme'

export interface LineChartHandle {
  /** The chart as it is shown, with a title and a legend. */
  toPng: (title: string) => Promise<Blob>
}

interface LineChartProps extends PlotInput {
  /** Read aloud: what the chart is of. */
  label: string
  width: number
  height: number
  ref?: Ref<LineChartHandle>
}

let fonts: Promise<unknown> | undefined // canvas text drawn before its font is there stays wrong
const loadFonts = () =>
  (fonts ??= Promise.race([document.fonts.load('11px "Inter Variable"'), new Promise(done => setTimeout(done, 1000))]))

/** Lines on one x axis, on a canvas. Drag zooms, double click shows everything, arrow keys move the crosshair. */
export function LineChart({ label, width, height, ref, ...input }: LineChartProps) {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const latest = useRef<PlotInput>(input)
  const theme = useTheme()
  const [hasFonts, setFonts] = useState(false)
  const { x, series, range, isLogX, isLogY, hasBand, ignoresOutliers, isFilled, xUnit } = input
  // What needs a new plot; everything else is new data for the old one.
  const shape = [
    theme,
    isLogX,
    isLogY,
    isFilled,
    xUnit,
    ...layersOf(series, hasBand).map(
      layer => layer.role + series[layer.series]!.id + series[layer.series]!.color + series[layer.series]!.dash.join('-'),
    ),
  ].join()

  useEffect(() => {
    latest.current = input
  })
  useEffect(() => {
    let isHere = true
    void loadFonts().then(() => isHere && setFonts(true))
    return () => {
      isHere = false
    }
  }, [])
  useEffect(() => {
    if (!hasFonts || !holder.current) return
    const { x, series, hasBand } = latest.current
    const made = buildPlot(
      holder.current,
      packData(x, series, layersOf(series, hasBand), latest.current),
      sizeOf(holder.current),
      () => latest.current,
    )
    plot.current = made
    const stop = onHighlight(() => redrawHighlight(made, latest.current))
    return () => {
      stop()
      hideTooltip()
      made.destroy()
      plot.current = null
    }
    // oxlint-disable-next-line react/exhaustive-deps -- the shape says when
  }, [hasFonts, shape])
  useEffect(() => {
    const made = plot.current
    if (made && (made.width !== width || made.height !== height)) made.setSize({ width, height })
  }, [width, height])
  useEffect(() => {
    plot.current?.setData(packData(x, series, layersOf(series, hasBand), { isLogX, isLogY }))
    // oxlint-disable-next-line react/exhaustive-deps -- the range and outliers change what is fitted
  }, [x, series, range?.[0], range?.[1], ignoresOutliers])
  useImperativeHandle(ref, () => ({
    toPng: title =>
      plot.current
        ? exportPng(plot.current.ctx.canvas, title, latest.current.series)
        : Promise.reject(new Error('The chart is not drawn yet.')),
  }))

  const onKeyDown = (event: KeyboardEvent) => {
    const made = plot.current
    if (!made || !['ArrowLeft', 'ArrowRight'].includes(event.key)) return
    event.preventDefault()
    const xs = made.data[0]
    const at = made.cursor.idx ?? (event.key === 'ArrowRight' ? -1 : xs.length)
    const stride = Math.max(1, Math.round(xs.length / 100))
    const next = Math.max(0, Math.min(xs.length - 1, at + (event.key === 'ArrowRight' ? stride : -stride)))
    // The plot shows its tooltip only under the pointer, so the pointer is said to be there.
    made.over.dispatchEvent(new MouseEvent('mouseenter'))
    made.setCursor({ left: made.valToPos(xs[next]!, 'x'), top: made.over.clientHeight / 2 }, true)
  }

  return (
    <div
      ref={holder}
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.over.dispatchEvent(new MouseEvent('mouseleave'))}
      className="h-full w-full focus-visible:-outline-offset-2"
    />
  )
}

const sizeOf = (element: HTMLElement) => ({ width: element.clientWidth, height: element.clientHeight })
