/** From a panel's options to a request, and from its answer to lines. Pure. */
import type { ChartQuestion } from '@/api/charts'
import type { Chart } from '@/api/types'
import { DASHES, type ChartSeries } from '@/charts/series'
import { smooth } from '@/charts/smooth'
import type { AxisUnit } from '@/charts/ticks'
import { seriesToken } from '@/lib/series'
import type { PanelExperiment, PanelMetric } from '@/panels/contract'
import type { LineChartOptions, XAxis } from '@/panels/line-chart/options'

export type Range = readonly [low: number, high: number]

/** Up to how many lines the raw values are drawn behind the smoothed ones. */
const RAW_LINES = 6
const BUCKET_STEPS = [100, 200, 300, 500, 800, 1200, 2000]

/** How many buckets a chart of a width in px needs: about one for every two px. In steps, so that a resize asks anew only seldom. */
export function bucketsFor(width: number): number {
  const wanted = width / 1.5
  return BUCKET_STEPS.find(step => step >= wanted) ?? BUCKET_STEPS.at(-1)!
}

/** What to ask the server. A zoom asks for a little more on both sides, so that lines reach the edge. */
export function toRequest(
  experiments: readonly PanelExperiment[],
  metrics: readonly PanelMetric[],
  x: XAxis,
  range: Range | null,
  width: number,
): ChartQuestion {
  const margin = range ? (range[1] - range[0]) * 0.02 : 0
  return {
    experiments: experiments.map(each => each.key),
    metrics: metrics.map(({ name, context }) => ({ name, context })),
    x,
    buckets: bucketsFor(width),
    ...(range && { low: range[0] - margin, high: range[1] + margin }),
  }
}

/** The lines of an answer, in the order of the experiments, each with its experiment's colour. */
export function toSeries(
  chart: Chart,
  experiments: readonly PanelExperiment[],
  options: Pick<LineChartOptions, 'smoothing' | 'kind'>,
): ChartSeries[] {
  const dashes = assignDashes(experiments)
  const isOfOneMetric = new Set(chart.lines.map(line => metricKey(line.metric))).size <= 1
  const order = new Map(experiments.map((each, place) => [each.key, place]))
  const lines = chart.lines.filter(line => order.has(line.experiment)).sort((a, b) => order.get(a.experiment)! - order.get(b.experiment)!)
  return lines.map((line): ChartSeries => {
    const experiment = experiments[order.get(line.experiment)!]!
    const isSmoothed = options.smoothing > 0
    return {
      id: experiment.key,
      label: isOfOneMetric ? experiment.name : `${experiment.name} ${metricKey(line.metric)}`,
      color: seriesToken(experiment.number),
      dash: dashes.get(experiment.key) ?? [],
      y: isSmoothed ? smooth(chart.x, line.mean, options.smoothing, options.kind) : line.mean,
      raw: isSmoothed && lines.length <= RAW_LINES ? line.mean : undefined,
      // Where every value of a bucket is the same the server sends no extremes: the band is as thin as the line.
      low: line.min ?? line.mean,
      high: line.max ?? line.mean,
      odd: line.odd ?? undefined,
    }
  })
}

/** How many logged points a chart shows, all lines together. */
export const countPoints = (chart: Chart) => chart.lines.reduce((sum, line) => line.count.reduce((count, each) => count + each, sum), 0)

/** Experiments that share a colour get different dashes; the oldest keeps the full line. */
export function assignDashes(experiments: readonly PanelExperiment[]): Map<string, readonly number[]> {
  const seen = new Map<string, number>()
  const dashes = new Map<string, readonly number[]>()
  for (const { key, number } of experiments.toSorted((a, b) => a.number - b.number)) {
    const color = seriesToken(number)
    const count = seen.get(color) ?? 0
    seen.set(color, count + 1)
    dashes.set(key, DASHES[count % DASHES.length]!)
  }
  return dashes
}

/** A metric as one text, for URLs and titles: `loss`, or `train · loss` with its context. */
export function metricKey({ name, context }: PanelMetric): string {
  return context ? `${context} · ${name}` : name
}

/** A metric's section and what remains: by its context, else by what stands before the first slash. */
export function splitMetric({ name, context }: PanelMetric): { section: string; title: string } {
  if (context) return { section: context, title: name.startsWith(`${context}/`) ? name.slice(context.length + 1) : name }
  const slash = name.indexOf('/')
  if (slash > 0 && slash < name.length - 1) return { section: name.slice(0, slash), title: name.slice(slash + 1) }
  return name.startsWith('sys.') ? { section: 'system', title: name.slice(4) } : { section: '', title: name }
}

const collator = new Intl.Collator('en', { numeric: true })

/** Metrics in sections: those without first, then by name, the machine's own last. */
export function toSections<Metric extends PanelMetric>(metrics: readonly Metric[], text: string): { name: string; items: Metric[] }[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const sections = new Map<string, Metric[]>()
  for (const metric of metrics) {
    const label = `${metric.context}/${metric.name}`.toLowerCase()
    if (!words.every(word => label.includes(word))) continue
    const { section } = splitMetric(metric)
    sections.set(section, [...(sections.get(section) ?? []), metric])
  }
  const rank = (name: string) => (name === '' ? 0 : /^(system|sys)$/.test(name) ? 2 : 1)
  return [...sections]
    .sort(([a], [b]) => rank(a) - rank(b) || collator.compare(a, b))
    .map(([name, items]) => ({ name: name || 'Metrics', items: items.sort((a, b) => collator.compare(a.name, b.name)) }))
}

/** How each x axis is named and counted. */
export const AXES: Record<XAxis, { label: string; short: string; unit: AxisUnit }> = {
  step: { label: 'Step', short: 'Step', unit: 'number' },
  epoch: { label: 'Epoch', short: 'Epoch', unit: 'number' },
  relative: { label: 'Relative time', short: 'Relative', unit: 'duration' },
  wall: { label: 'Wall time', short: 'Wall', unit: 'moment' },
}
