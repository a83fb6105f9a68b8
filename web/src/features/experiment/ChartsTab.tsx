import { getRouteApi } from '@tanstack/react-router'
import { ChartLine } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useExperiment } from '@/api/experiments'
import type { MetricSummary } from '@/api/types'
import { formatMetricValue } from '@/lib/value'
import { metricKey } from '@/panels/line-chart/data'
import { MetricCharts } from '@/panels/line-chart/MetricCharts'
import { isNewPlace, type ChartsView } from '@/panels/line-chart/view'
import { CodeBlock } from '@/ui/CodeBlock'
import { EmptyState } from '@/ui/Feedback'

const route = getRouteApi('/$workspace/$project/experiments/$key/charts')

/** The experiment's charts, one a metric, with the last value beside the title. */
export function ChartsTab() {
  const { data } = useExperiment(route.useParams().key)
  const view = route.useSearch()
  const navigate = route.useNavigate()
  const onView = useCallback(
    (change: Partial<ChartsView>) =>
      void navigate({ search: before => ({ ...before, ...change }), replace: !isNewPlace(change), resetScroll: false }),
    [navigate],
  )
  const key = data?.experiment.key
  const name = data?.experiment.name
  const number = data?.experiment.number
  // Live changes bring a new answer with the same experiment: charts must not be drawn anew for that.
  const experiments = useMemo(
    () => (key === undefined || name === undefined || number === undefined ? [] : [{ key, name, number }]),
    [key, name, number],
  )
  const names = JSON.stringify(data?.metrics.map(metric => [metric.name, metric.context]) ?? [])
  const metrics = useMemo(() => (JSON.parse(names) as [string, string][]).map(([name, context]) => ({ name, context })), [names])
  if (!data) return null
  const summaries = new Map(data.metrics.map(metric => [metricKey(metric), metric]))
  const lastOf = (metric: MetricSummary | undefined) => metric && formatMetricValue(metric.last)
  return (
    <MetricCharts
      experiments={experiments}
      metrics={metrics}
      view={view}
      onView={onView}
      asideOf={metric => lastOf(summaries.get(metricKey(metric)))}
      empty={
        <EmptyState icon={<ChartLine />} title="No metrics yet">
          <p>{data.experiment.state === 'running' ? 'Charts appear here as soon as something is logged.' : 'It logged none.'}</p>
          <div className="mt-4 text-left">
            <CodeBlock label="the call" code={'experiment.log_metric("loss", loss, step=step)'} />
          </div>
        </EmptyState>
      }
    />
  )
}
