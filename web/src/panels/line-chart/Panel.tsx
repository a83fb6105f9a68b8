import { Download, Ellipsis, Maximize2, Table2, ZoomOut } from 'lucide-react'
import { memo, useMemo, useRef, type ReactNode } from 'react'
import { useChart } from '@/api/charts'
import { describeError } from '@/api/errors'
import { toCsv } from '@/charts/export'
import { setHighlight } from '@/charts/highlight'
import { LineChart, type LineChartHandle } from '@/charts/LineChart'
import type { ChartSeries } from '@/charts/series'
import type { AxisUnit } from '@/charts/ticks'
import { useFrame } from '@/charts/use-frame'
import { downloadBlob, toFileName } from '@/lib/download'
import { formatCount, formatNumber } from '@/lib/format'
import { IconButton } from '@/ui/Button'
import { classes } from '@/ui/classes'
import { ErrorState, Skeleton } from '@/ui/Feedback'
import { LongName } from '@/ui/LongName'
import { Menu } from '@/ui/Menu'
import { notify } from '@/ui/Toast'
import type { PanelProps } from '@/panels/contract'
import { AXES, countPoints, metricKey, splitMetric, toRequest, toSeries, type Range } from '@/panels/line-chart/data'
import type { LineChartOptions } from '@/panels/line-chart/options'

export interface LineChartPanelProps extends PanelProps<LineChartOptions> {
  /** The part of the x axis that is shown; all if null. */
  range: Range | null
  onRange: (range: Range | null) => void
  /** Opens the panel large; without it the panel is large already. */
  onExpand?: (() => void) | undefined
  /** px of the drawing; as high as the space it is given if undefined. */
  height?: number
  /** A word beside the title, such as the last value. */
  aside?: ReactNode
}

/** Metrics of experiments as lines. Asks the server for as many buckets as it has room for, and only while it is in sight. */
export const Panel = memo(function Panel({ options, experiments, metrics, range, onRange, onExpand, height, aside }: LineChartPanelProps) {
  const { ref: frame, isVisible, width, height: innerHeight } = useFrame()
  const drawing = useRef<LineChartHandle>(null)
  const isReady = isVisible && width > 0
  const { data, error, refetch, isPlaceholderData } = useChart({ ...toRequest(experiments, metrics, options.x, range, width), isVisible: isReady })
  const series = useMemo(() => (data ? toSeries(data, experiments, { smoothing: options.smoothing, kind: options.kind }) : []), [data, experiments, options.smoothing, options.kind])
  const { label: xLabel, unit } = AXES[options.x]
  const name = options.title || metrics.map(metricKey).join(', ')
  // How many points the lines stand for: what browser tests count, as a canvas cannot be read.
  const points = useMemo(() => data?.lines.reduce((sum, line) => sum + line.count.reduce((a, b) => a + b, 0), 0), [data])
  const isAlone = experiments.length === 1

  const savePng = () =>
    drawing.current
      ?.toPng(name)
      .then(blob => downloadBlob(`${toFileName(name)}.png`, blob))
      .catch((reason: unknown) => notify('No picture could be made', { detail: String(reason), isError: true }))
  const saveCsv = () => data && downloadBlob(`${toFileName(name)}.csv`, new Blob([toCsv(options.x, data.x, series)], { type: 'text/csv' }))

  return (
    <article aria-label={name} data-points={points} className={classes('group flex min-w-0 flex-col rounded-lg', onExpand ? 'bg-surface ring-1 ring-line transition-shadow hover:ring-line2' : 'h-full')}>
      <header className={classes('flex h-9 shrink-0 items-center gap-1 pr-1.5 pl-3', !onExpand && 'pl-4')}>
        {onExpand && <Title metrics={metrics} title={options.title} />}
        {aside !== undefined && <span className="num ml-2 shrink-0 text-sm text-fg2">{aside}</span>}
        <span className="ml-auto flex shrink-0 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 has-[[data-popup-open]]:opacity-100 pointer-coarse:opacity-100">
          {range && (
            <IconButton label="Show everything" isSmall onClick={() => onRange(null)}>
              <ZoomOut />
            </IconButton>
          )}
          {onExpand && (
            <IconButton label="Enlarge" isSmall onClick={onExpand}>
              <Maximize2 className="!size-3" />
            </IconButton>
          )}
          <Menu
            trigger={
              <IconButton label={`Actions for ${name}`} isSmall>
                <Ellipsis />
              </IconButton>
            }
            items={[
              { label: 'Download PNG', icon: <Download />, isDisabled: series.length === 0, onSelect: () => void savePng() },
              { label: 'Download CSV', icon: <Table2 />, isDisabled: series.length === 0, onSelect: () => void saveCsv() },
            ]}
          />
        </span>
      </header>
      <div ref={frame} className={classes('relative min-w-0', height === undefined && 'min-h-0 flex-1')} style={{ height }}>
        {!isReady ? null : error && !data ? (
          <ErrorState {...describeError(error)} isCompact onRetry={() => void refetch()} />
        ) : !data && experiments.length > 0 ? (
          <Skeleton className="absolute inset-x-3 top-2 bottom-7" />
        ) : series.length === 0 ? (
          <p className="flex h-full items-center justify-center pb-6 text-sm text-fg3">{emptyWords(experiments.length, range, unit)}</p>
        ) : (
          <div className={classes('absolute inset-0 transition-opacity', isPlaceholderData && 'opacity-60')}>
            <LineChart
              ref={drawing}
              label={`${name} of ${experiments.length} experiment${isAlone ? '' : 's'} by ${xLabel.toLowerCase()}, ${formatCount(countPoints(data!))} points`}
              width={width}
              height={innerHeight}
              x={data!.x}
              series={series}
              xUnit={unit}
              xLabel={xLabel}
              isLogX={options.isLogX && unit === 'number'}
              isLogY={options.isLogY}
              hasBand={options.hasBand}
              ignoresOutliers={options.ignoresOutliers}
              isFilled={isAlone && series.length === 1}
              range={range}
              onZoom={onRange}
            />
          </div>
        )}
      </div>
      {!onExpand && series.length > 1 && <Legend series={series} />}
    </article>
  )
})

/** The names of the lines, where the page's own list is covered. Hover highlights. */
function Legend({ series }: { series: readonly ChartSeries[] }) {
  return (
    <ul className="flex max-h-24 shrink-0 flex-wrap gap-x-4 gap-y-0.5 overflow-auto px-4 py-2.5 text-sm" onMouseLeave={() => setHighlight(null)}>
      {series.map(each => (
        <li key={each.id + each.label} className="flex max-w-72 items-center gap-2" onMouseEnter={() => setHighlight(each.id)}>
          <svg aria-hidden width="16" height="6" className="shrink-0">
            <line x1="0" x2="16" y1="3" y2="3" stroke={`var(${each.color})`} strokeWidth="3" strokeDasharray={each.dash.join(' ')} />
          </svg>
          <LongName name={each.label} />
        </li>
      ))}
    </ul>
  )
}

function emptyWords(experiments: number, range: Range | null, unit: AxisUnit): string {
  if (experiments === 0) return 'Choose an experiment to draw it'
  if (range) return `No points ${unit === 'number' ? `from ${formatNumber(range[0])} to ${formatNumber(range[1])}` : 'in this part of the time'}`
  return 'None of the chosen experiments logged this'
}

function Title({ metrics, title }: { metrics: LineChartPanelProps['metrics']; title: string }) {
  const only = metrics.length === 1 && !title ? metrics[0] : undefined
  const { section, title: rest } = only ? splitMetric(only) : { section: '', title: title || metrics.map(metricKey).join(', ') }
  return (
    <h3 className="truncate text-sm font-medium" title={section ? `${section}/${rest}` : rest}>
      {section && <span className="text-fg3">{section}/</span>}
      {rest}
    </h3>
  )
}
