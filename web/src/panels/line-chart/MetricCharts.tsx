import { Columns3, SlidersHorizontal, X } from 'lucide-react'
import { createContext, memo, useCallback, useContext, useDeferredValue, useMemo, useState, type ReactNode } from 'react'
import { ChartGrid } from '@/charts/ChartGrid'
import { formatX } from '@/charts/plot'
import { useSight } from '@/charts/watch'
import { useDraft } from '@/lib/draft'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { EmptyState } from '@/ui/Feedback'
import { Menu } from '@/ui/Menu'
import type { PanelExperiment, PanelMetric } from '@/panels/contract'
import { AXES, metricKey, toSections, type Range } from '@/panels/line-chart/data'
import { Editor } from '@/panels/line-chart/Editor'
import { DEFAULT_OPTIONS, type LineChartOptions } from '@/panels/line-chart/options'
import { Panel, WaitingPanel } from '@/panels/line-chart/Panel'
import { chartsOptions, type ChartsView } from '@/panels/line-chart/view'

interface MetricChartsProps {
  /** Keep the same array while nothing changed: charts are drawn anew with it. */
  experiments: readonly PanelExperiment[]
  metrics: readonly PanelMetric[]
  view: ChartsView
  /** Takes what changes; undefined takes a key out of the URL. */
  onView: (change: Partial<ChartsView>) => void
  /** A word beside the title of a chart, such as the last value. */
  asideOf?: (metric: PanelMetric) => string | undefined
  /** Instead of charts, where there are no metrics at all. */
  empty: ReactNode
  /** Left end of the toolbar. */
  toolbarStart?: ReactNode
}

const HEIGHT = 196
const COLUMNS = [1, 2, 3, 4, 5, 6]

/** A page of line charts, one a metric: toolbar, sections, zoom, and the chart that fills the window. */
export function MetricCharts({ experiments, metrics, view, onView, asideOf, empty, toolbarStart }: MetricChartsProps) {
  // A slider sends more changes than the browser's history takes: the URL follows when it rests.
  const [smoothing, setSmoothing] = useDraft(view.smoothing, next => onView({ smoothing: next }))
  const options = useMemo(() => chartsOptions({ ...view, smoothing }), [view, smoothing])
  // The controls answer at once; the charts follow as fast as they can.
  const drawn = useDeferredValue(options)
  const range = useMemo<Range | null>(
    () => (view.low !== undefined && view.high !== undefined ? [view.low, view.high] : null),
    [view.low, view.high],
  )
  const onRange = useCallback((next: Range | null) => onView({ low: next?.[0], high: next?.[1] }), [onView])
  const sections = useMemo(() => toSections(metrics, view.metric ?? ''), [metrics, view.metric])
  const full = metrics.find(metric => metricKey(metric) === view.full)
  const { unit } = AXES[options.x]

  const [isOptionsOpen, setOptionsOpen] = useState(false) // phones only
  const onOptions = ({ smoothing: next, ...change }: Partial<LineChartOptions>) => {
    if (next !== undefined) setSmoothing(next)
    // Another axis counts in another unit: a zoom would mean something else there.
    else onView({ ...change, ...(change.x && change.x !== options.x && { low: undefined, high: undefined }) })
  }
  const editor = <Editor options={options} onChange={onOptions} />

  const drawing = useMemo(() => ({ experiments, range, onRange, onView }), [experiments, range, onRange, onView])
  const { folded, columns } = view
  const grid = useMemo(
    () => (
      <ChartGrid sections={sections} keyOf={metricKey} folded={folded ?? []} onFold={next => onView({ folded: next })} columns={columns}>
        {metric => <OneMetric {...drawing} metric={metric} aside={asideOf?.(metric)} />}
      </ChartGrid>
    ),
    [sections, folded, columns, drawing, asideOf, onView],
  )
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div
        role="toolbar"
        aria-label="How charts are drawn"
        className="flex min-h-[var(--bar)] shrink-0 flex-wrap items-center gap-x-3.5 gap-y-1 border-b border-line px-4 py-2"
      >
        {toolbarStart}
        <div className="contents max-md:hidden">{editor}</div>
        <Button kind="outline" className="md:hidden" onClick={() => setOptionsOpen(true)}>
          <SlidersHorizontal />
          Options
        </Button>
        <div className="ml-auto flex items-center gap-1">
          {range && (
            <span className="num inline-flex h-6 items-center overflow-hidden rounded-md bg-accent-soft pl-2 text-xs text-accent">
              {formatX(Math.round(range[0]), unit)} – {formatX(Math.round(range[1]), unit)}
              <button
                type="button"
                aria-label="Show everything"
                title="Show everything"
                onClick={() => onRange(null)}
                className="ml-1 flex h-full w-6 items-center justify-center hover:bg-active"
              >
                <X className="size-3" />
              </button>
            </span>
          )}
          <Menu
            trigger={
              <IconButton label="Columns">
                <Columns3 />
              </IconButton>
            }
            items={[
              { label: 'As many as fit', isChecked: !view.columns, onSelect: () => onView({ columns: undefined }) },
              'line',
              ...COLUMNS.map(columns => ({
                label: columns === 1 ? 'One column' : `${columns} columns`,
                isChecked: view.columns === columns,
                onSelect: () => onView({ columns }),
              })),
            ]}
          />
        </div>
      </div>
      <div className="min-h-0 flex-1 overflow-auto px-4 pb-16" role="region" aria-label="Charts" tabIndex={0}>
        {metrics.length === 0 ? (
          empty
        ) : sections.length === 0 ? (
          <EmptyState title={`No metric is called “${view.metric}”`} />
        ) : (
          <DrawnOptions value={drawn}>{grid}</DrawnOptions>
        )}
      </div>
      <Dialog size="small" title="Options" isOpen={isOptionsOpen} onClose={() => setOptionsOpen(false)}>
        <div className="flex flex-col gap-4 p-4">{editor}</div>
      </Dialog>
      <Dialog size="full" title={full && metricKey(full)} isOpen={full !== undefined} onClose={() => onView({ full: undefined })}>
        {full && (
          <DrawnOptions value={drawn}>
            <SeenMetric {...drawing} metric={full} isFull />
          </DrawnOptions>
        )}
      </Dialog>
    </div>
  )
}

/** How every chart of the page is drawn. Only charts in sight read it: of hundreds, a slider's step moves a dozen. */
const DrawnOptions = createContext<LineChartOptions>(DEFAULT_OPTIONS)

interface OneMetricProps {
  metric: PanelMetric
  experiments: readonly PanelExperiment[]
  range: Range | null
  onRange: (range: Range | null) => void
  onView: (change: Partial<ChartsView>) => void
  aside?: string | undefined
}

/** One metric's panel; out of sight an empty frame. */
const OneMetric = memo(function OneMetric(props: OneMetricProps) {
  const { ref, isVisible } = useSight()
  return (
    <div ref={ref} className="min-w-0">
      {isVisible ? <SeenMetric {...props} /> : <WaitingPanel metrics={[props.metric]} aside={props.aside} height={HEIGHT} />}
    </div>
  )
})

function SeenMetric({ metric, onView, isFull = false, ...rest }: OneMetricProps & { isFull?: boolean }) {
  const options = useContext(DrawnOptions)
  const metrics = useMemo(() => [metric], [metric])
  const onExpand = useCallback(() => onView({ full: metricKey(metric) }), [metric, onView])
  return (
    <Panel {...rest} options={options} metrics={metrics} onExpand={isFull ? undefined : onExpand} height={isFull ? undefined : HEIGHT} />
  )
}
