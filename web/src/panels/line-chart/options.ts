import { readChoice, readFlag, readNumber, readText } from '@/lib/url-state'
import type { SmoothingKind } from '@/charts/smooth'

export const X_AXES = ['step', 'epoch', 'relative', 'wall'] as const
export type XAxis = (typeof X_AXES)[number]

/** How a line chart looks. Saved with dashboards and in URLs, so it only ever changes together with `migrate`. */
export interface LineChartOptions {
  version: 1
  x: XAxis
  /** 0 is raw, towards 1 is smoother. */
  smoothing: number
  kind: SmoothingKind
  isLogX: boolean
  isLogY: boolean
  /** Shows the least and greatest value of each bucket. */
  hasBand: boolean
  /** Fits the y axis to the middle 96 % of the values. */
  ignoresOutliers: boolean
  title: string
}

export const DEFAULT_OPTIONS: LineChartOptions = {
  version: 1,
  x: 'step',
  smoothing: 0,
  kind: 'ema',
  isLogX: false,
  isLogY: false,
  hasBand: false,
  ignoresOutliers: false,
  title: '',
}

/** Reads options of any version, and anything else: what is missing or wrong becomes its default. */
export function migrate(saved: unknown): LineChartOptions {
  const from: Record<string, unknown> = typeof saved === 'object' && saved !== null ? { ...saved } : {}
  const base = DEFAULT_OPTIONS
  return {
    version: 1,
    x: readChoice(from['x'], X_AXES) ?? base.x,
    smoothing: readNumber(from['smoothing'], 0, 0.999) ?? base.smoothing,
    kind: readChoice(from['kind'], ['ema', 'gaussian']) ?? base.kind,
    isLogX: readFlag(from['isLogX']) ?? base.isLogX,
    isLogY: readFlag(from['isLogY']) ?? base.isLogY,
    hasBand: readFlag(from['hasBand']) ?? base.hasBand,
    ignoresOutliers: readFlag(from['ignoresOutliers']) ?? base.ignoresOutliers,
    title: readText(from['title']) ?? base.title,
  }
}
