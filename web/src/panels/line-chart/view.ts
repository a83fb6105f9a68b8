import { readChoice, readFlag, readList, readNumber, readText, withoutDefaults } from '@/lib/url-state'
import { DEFAULT_OPTIONS, X_AXES, migrate, type LineChartOptions } from '@/panels/line-chart/options'

/** A page of line charts as it stands in the URL. Undefined is the default, so a URL says only what differs. */
export interface ChartsView {
  x?: LineChartOptions['x']
  smoothing?: number
  kind?: LineChartOptions['kind']
  isLogX?: boolean
  isLogY?: boolean
  hasBand?: boolean
  ignoresOutliers?: boolean
  /** The part of the x axis that is shown. */
  low?: number
  high?: number
  /** Text that metrics must contain. */
  metric?: string
  /** How many charts stand side by side; as many as fit if undefined. */
  columns?: number
  /** Sections that are folded up. */
  folded?: string[]
  /** The chart that fills the window. */
  full?: string
}

/** Reads the search part of a URL; what is not understood is dropped. */
export function readChartsView(search: Record<string, unknown>): ChartsView {
  const view: ChartsView = {
    x: readChoice(search['x'], X_AXES),
    smoothing: readNumber(search['smoothing'], 0, 0.999),
    kind: readChoice(search['kind'], ['ema', 'gaussian']),
    isLogX: readFlag(search['isLogX']),
    isLogY: readFlag(search['isLogY']),
    hasBand: readFlag(search['hasBand']),
    ignoresOutliers: readFlag(search['ignoresOutliers']),
    low: readNumber(search['low']),
    high: readNumber(search['high']),
    metric: readText(search['metric']),
    columns: readNumber(search['columns'], 1, 6),
    folded: readList(search['folded']),
    full: readText(search['full']),
  }
  if (view.low === undefined || view.high === undefined || view.low >= view.high) view.low = view.high = undefined
  return withoutDefaults(view, { ...DEFAULT_OPTIONS, folded: [] })
}

/** The options of every chart on the page. */
export function chartsOptions(view: ChartsView): LineChartOptions {
  return migrate({ ...view, version: DEFAULT_OPTIONS.version })
}

/** Whether a change is worth a step of the history: going back undoes a zoom and closes a large chart, nothing else. */
export function isNewPlace(change: Partial<ChartsView>): boolean {
  return change.full !== undefined || change.low !== undefined
}
