/** What a line chart draws, and its data in the form uPlot takes. Pure. */
import type { AlignedData } from 'uplot'
import type { Values } from '@/charts/smooth'

/** One line. All arrays follow the chart's shared `x`; null is where nothing fell. */
export interface ChartSeries {
  id: string
  label: string
  /** A token, such as `--s3`. */
  color: string
  /** Canvas dash pattern; empty is a full line. */
  dash: readonly number[]
  y: Values
  /** Drawn faintly behind, where `y` is smoothed. */
  raw?: Values | undefined
  low?: Values | undefined
  high?: Values | undefined
  /** How many points of each bucket are NaN or infinite. */
  odd?: readonly number[] | undefined
}

/** Dashes for experiments that share a colour: the first is a full line. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2.5], [9, 3, 2, 3]]

/** The role of each column after x, in drawing order: bands at the back, then raw lines, then the lines. */
export type Role = 'low' | 'high' | 'raw' | 'main'
export interface Layer {
  series: number
  role: Role
}

/** What has to be drawn, back to front. */
export function layersOf(series: readonly ChartSeries[], hasBand: boolean): Layer[] {
  const layers: Layer[] = []
  if (hasBand) series.forEach((each, i) => each.low && each.high && layers.push({ series: i, role: 'low' }, { series: i, role: 'high' }))
  series.forEach((each, i) => each.raw && layers.push({ series: i, role: 'raw' }))
  series.forEach((_, i) => layers.push({ series: i, role: 'main' }))
  return layers
}

/**
 * The columns of uPlot. A place where nothing fell becomes undefined (the line goes on over it), one where only NaN or
 * infinite values fell becomes null (the line breaks); what a log axis cannot show counts as nothing.
 */
export function packData(
  x: readonly number[],
  series: readonly ChartSeries[],
  layers: readonly Layer[],
  { isLogX, isLogY }: { isLogX: boolean; isLogY: boolean },
): AlignedData {
  const start = isLogX ? x.findIndex(value => value > 0) : 0
  const from = start < 0 ? x.length : start
  const columns = layers.map(({ series: place, role }) => {
    const { y, raw, low, high, odd } = series[place]!
    const values = { main: y, raw, low, high }[role] ?? []
    const column: (number | null | undefined)[] = Array.from({ length: x.length - from })
    for (let i = from; i < x.length; i++) {
      const value = values[i]
      if (value !== null && value !== undefined && Number.isFinite(value) && (!isLogY || value > 0)) column[i - from] = value
      else if (odd?.[i]) column[i - from] = null
    }
    return column
  })
  return [from === 0 ? x : x.slice(from), ...columns] as AlignedData
}

/** Places of values without a neighbour to draw a line to: they get a dot. */
export function lonePlaces(column: readonly (number | null | undefined)[]): number[] {
  const lone: number[] = []
  let before: number | null = null // the last value's place since the last break
  let isJoined = false
  for (let i = 0; i <= column.length; i++) {
    const value = i === column.length ? null : column[i]
    if (value === undefined) continue
    if (value === null) {
      if (before !== null && !isJoined) lone.push(before)
      before = null
      isJoined = false
    } else {
      isJoined = before !== null
      before = i
    }
  }
  return lone
}
