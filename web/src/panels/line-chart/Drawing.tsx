import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react'
import { useChart } from '@/api/charts'
import { describeError } from '@/api/errors'
import { toCsv } from '@/charts/export'
import { LineChart, type LineChartHandle } from '@/charts/LineChart'
import type { AxisUnit } from '@/charts/ticks'
import { useSize } from '@/charts/watch'
import { downloadBlob, toFileName } from '@/lib/download'
import { formatCount, formatNumber } from '@/lib/format'
import { Actions } from '@/panels/line-chart/Actions'
import { AXES, countPoints, toRequest, toSeries, type Range } from '@/panels/line-chart/data'
import { Legend } from '@/panels/line-chart/Legend'
import type { LineChartPanelProps } from '@/panels/line-chart/Panel'
import { classes } from '@/ui/classes'
import { ErrorState, Skeleton } from '@/ui/Feedback'
import { notify } from '@/ui/Toast'

interface DrawingProps extends LineChartPanelProps {
  name: string
  title: ReactNode
}

/** The part of a panel that costs something: it fetches, smooths and draws. Exists only while the panel is in sight. */
export function Drawing({ name, title, options, experiments, metrics, range, onRange, onExpand, height }: DrawingProps) {
  const { ref: frame, width, height: innerHeight } = useSize()
  const chart = useRef<LineChartHandle>(null)
  const isReady = width > 0
  const { data, error, refetch, isPlaceholderData } = useChart({
    ...toRequest(experiments, metrics, options.x, range, width),
    isVisible: isReady,
  })
  const series = useMemo(
    () => (data ? toSeries(data, experiments, { smoothing: options.smoothing, kind: options.kind }) : []),
    [data, experiments, options.smoothing, options.kind],
  )
  const { label: xLabel, unit } = AXES[options.x]
  const isLogX = options.isLogX && unit !== 'moment'
  const isAlone = experiments.length === 1

  const table = useRef({ data, experiments })
  useEffect(() => {
    table.current = { data, experiments }
  })
  const onPng = useCallback(
    () =>
      void chart.current
        ?.toPng(name)
        .then(blob => downloadBlob(`${toFileName(name)}.png`, blob))
        .catch((reason: unknown) => notify('No picture could be made', { detail: String(reason), isError: true })),
    [name],
  )
  const onCsv = useCallback(() => {
    const { data, experiments } = table.current
    if (!data) return
    const raw = toSeries(data, experiments, { smoothing: 0, kind: 'ema' }) // a table is to compute with, so never smoothed
    downloadBlob(`${toFileName(name)}.csv`, new Blob([toCsv(options.x, data.x, raw)], { type: 'text/csv' }))
  }, [name, options.x])
  const onReset = useCallback(() => onRange(null), [onRange])

  return (
    <>
      <header className={classes('flex h-9 shrink-0 items-center gap-1 pr-1.5', onExpand ? 'pl-3' : 'pl-4')}>
        {title}
        <Actions
          name={name}
          onExpand={onExpand}
          onReset={range ? onReset : undefined}
          isDrawn={series.length > 0}
          onPng={onPng}
          onCsv={onCsv}
        />
      </header>
      <div ref={frame} className={classes('relative min-w-0', height === undefined && 'min-h-0 flex-1')} style={{ height }}>
        {!isReady ? null : error && !data ? (
          <ErrorState {...describeError(error)} isCompact onRetry={() => void refetch()} />
        ) : !data && experiments.length > 0 ? (
          <Skeleton className="absolute inset-x-3 top-2 bottom-7" />
        ) : !data || series.length === 0 ? (
          <Words>{emptyWords(experiments.length, range, unit)}</Words>
        ) : (isLogX && !data.x.some(isPositive)) || (options.isLogY && !series.some(each => each.y.some(isPositive))) ? (
          <Words>Nothing above zero for a log axis</Words>
        ) : (
          <div className={classes('absolute inset-0 transition-opacity', isPlaceholderData && 'opacity-60')}>
            <LineChart
              ref={chart}
              label={`${name} of ${experiments.length} experiment${isAlone ? '' : 's'} by ${xLabel.toLowerCase()}, ${formatCount(countPoints(data))} points`}
              width={width}
              height={innerHeight}
              x={data.x}
              series={series}
              xUnit={unit}
              xLabel={xLabel}
              isLogX={isLogX}
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
    </>
  )
}

const isPositive = (value: number | null | undefined) => value !== null && value !== undefined && value > 0

function Words({ children }: { children: string }) {
  return <p className="flex h-full items-center justify-center px-4 pb-6 text-center text-sm text-fg3">{children}</p>
}

function emptyWords(experiments: number, range: Range | null, unit: AxisUnit): string {
  if (experiments === 0) return 'Choose an experiment to draw it'
  if (range)
    return `No points ${unit === 'number' ? `from ${formatNumber(range[0])} to ${formatNumber(range[1])}` : 'in this part of the time'}`
  return 'None of the chosen experiments logged this'
}
