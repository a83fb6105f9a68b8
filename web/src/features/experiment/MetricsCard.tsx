import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ExperimentDetail, MetricSummary } from '@/api/types'
import { matchesText, orderMetrics } from '@/features/experiment/facts'
import { formatCount } from '@/lib/format'
import { seriesColor } from '@/lib/series'
import { formatMetricValue, isOdd } from '@/lib/value'
import { metricKey } from '@/panels/line-chart/data'
import { Card } from '@/ui/Card'
import { classes } from '@/ui/classes'
import { SearchField } from '@/ui/SearchField'
import { Sparkline } from '@/ui/Sparkline'

const FILTERED_FROM = 13 // fewer fit on a screen

/** Each metric's last value, its course, and its extremes with their steps. */
export function MetricsCard({ detail: { experiment, metrics } }: { detail: ExperimentDetail }) {
  const [text, setText] = useState('')
  const found = orderMetrics(metrics).filter(metric => matchesText(text, metric.name, metric.context))
  return (
    <Card title="Summary metrics" extra={metrics.length > 0 && 'last value'}>
      {metrics.length === 0 ? (
        <p className="py-4 text-sm text-fg3">
          {experiment.state === 'running' ? 'Nothing yet. Metrics appear here as they are logged.' : 'No metrics were logged.'}{' '}
          <code className="font-mono text-xs">experiment.log_metric("loss", 0.5)</code>
        </p>
      ) : (
        <>
          {metrics.length >= FILTERED_FROM && <SearchField label="Find metric" value={text} onChange={setText} className="my-1.5" />}
          {found.length === 0 && <p className="py-4 text-sm text-fg3">No metric is called “{text}”.</p>}
          <ul className="text-sm">
            {found.map(metric => (
              <MetricRow key={metricKey(metric)} metric={metric} color={seriesColor(experiment.number)} />
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

function MetricRow({ metric, color }: { metric: MetricSummary; color: string }) {
  const { name, context, last, last_step: lastStep, count, min, min_step: minStep, max, max_step: maxStep, sketch } = metric
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_84px_minmax(76px,auto)] items-center gap-x-3 gap-y-1 border-t border-line py-2 first:border-0">
      <Link
        from="/$workspace/$project/experiments/$key/overview"
        to="/$workspace/$project/experiments/$key/charts"
        search={{ full: metricKey(metric) }}
        title={`${metricKey(metric)}: open its chart`}
        className="truncate font-mono text-xs text-fg2 hover:text-fg hover:underline"
      >
        {context && <span className="text-fg3">{context} · </span>}
        {name}
      </Link>
      <Sparkline values={sketch} color={color} width={84} height={18} />
      <span
        title={`${last} at step ${formatCount(lastStep)}, ${formatCount(count)} points`}
        className={classes('num text-right', isOdd(last) && 'font-medium text-bad')}
      >
        {formatMetricValue(last)}
      </span>
      <span className="num col-span-3 grid grid-cols-[1fr_1fr_auto] gap-x-3 text-2xs text-fg3">
        {min === null || max === null ? (
          <span>no finite value</span>
        ) : (
          <>
            <span title={String(min)}>
              min {formatMetricValue(min)} at {formatCount(minStep ?? 0)}
            </span>
            <span title={String(max)}>
              max {formatMetricValue(max)} at {formatCount(maxStep ?? 0)}
            </span>
            <span>step {formatCount(lastStep)}</span>
          </>
        )}
      </span>
    </li>
  )
}
