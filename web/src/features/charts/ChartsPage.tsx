import { getRouteApi } from '@tanstack/react-router'
import { ChartLine, ListFilter, Rows3 } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { describeError } from '@/api/errors'
import { useLive } from '@/api/live'
import { useColumns, useMetrics, useProject, type ProjectId } from '@/api/projects'
import { setHighlight } from '@/charts/highlight'
import { MOST, toggleRun } from '@/features/charts/choose'
import { RunList } from '@/features/charts/RunList'
import { useRuns } from '@/features/charts/use-runs'
import type { ProjectChartsView } from '@/features/charts/view'
import { useNow } from '@/lib/clock'
import { formatAgo, formatCount } from '@/lib/format'
import { headlineMetric } from '@/lib/rank-metrics'
import { useTitle } from '@/lib/title'
import type { PanelMetric } from '@/panels/contract'
import { metricKey } from '@/panels/line-chart/data'
import { MetricCharts } from '@/panels/line-chart/MetricCharts'
import { isNewPlace } from '@/panels/line-chart/view'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { EmptyState, ErrorState, Spinner } from '@/ui/Feedback'
import { HowToLog } from '@/ui/HowToLog'
import { PageHeader } from '@/ui/PageHeader'
import { SearchField } from '@/ui/SearchField'
import { StateDot } from '@/ui/StateBadge'
import { notify } from '@/ui/Toast'

const route = getRouteApi('/$workspace/$project/charts')

/** The charts of a project: its runs on the left are the legend, its metrics are the charts. */
export function ChartsPage() {
  const { workspace, project } = route.useParams()
  const view = route.useSearch()
  const navigate = route.useNavigate()
  useTitle('Charts', project)
  const id = { workspace, project }
  const counts = useProject(id)
  const columns = useColumns(id)
  const runs = useRuns(id, view.runs)
  const [isListOpen, setListOpen] = useState(false) // small screens only
  useEffect(() => () => setHighlight(null), [])

  const onView = useCallback(
    (change: Partial<ProjectChartsView>) =>
      void navigate({ search: before => ({ ...before, ...change }), replace: !isNewPlace(change), resetScroll: false }),
    [navigate],
  )
  const metrics: readonly PanelMetric[] = useMetrics(id, columns.data, '')
  const found: readonly PanelMetric[] = useMetrics(id, columns.data, view.metric ?? '')
  const value = useMemo(() => metrics.find(metric => metricKey(metric) === view.value) ?? headlineMetric(metrics), [metrics, view.value])

  const failed = [counts, columns].find(query => query.error && !query.data)
  if (failed) {
    return (
      <>
        <PageHeader title="Charts" />
        <ErrorState {...describeError(failed.error)} onRetry={() => void failed.refetch()} className="flex-1" />
      </>
    )
  }

  const list = (
    <RunList
      workspace={workspace}
      project={project}
      drawn={runs.drawn}
      text={view.q ?? ''}
      onText={q => onView({ q: q || undefined })}
      metrics={metrics}
      value={value}
      onValue={key => onView({ value: key })}
      onToggle={key => {
        const drawn = runs.drawn.map(each => each.key)
        if (!drawn.includes(key) && drawn.length >= MOST) notify(`At most ${MOST} runs can be drawn`, { detail: 'Hide one first.' })
        else onView({ runs: toggleRun(drawn, key, runs.newest) })
      }}
      onChoose={keys => onView({ runs: keys })}
      onOpen={key => void navigate({ to: '/$workspace/$project/experiments/$key/charts', params: { workspace, project, key } })}
    />
  )
  return (
    <>
      <PageHeader title="Charts" aside={<Liveness running={counts.data?.running_count ?? 0} />}>
        <SearchField
          label="Find metric"
          value={view.metric ?? ''}
          onChange={metric => onView({ metric: metric || undefined })}
          isPageSearch
          className="w-44"
        />
      </PageHeader>
      <div className="flex min-h-0 flex-1">
        <aside aria-label="Runs" className="flex w-64 shrink-0 flex-col border-r border-line bg-sunken max-lg:hidden">
          {list}
        </aside>
        {columns.isPending || runs.isPending ? (
          <Spinner className="flex-1 justify-center" label="Loading charts" />
        ) : runs.error ? (
          <ErrorState {...describeError(runs.error)} onRetry={runs.retry} className="flex-1" />
        ) : (
          <MetricCharts
            experiments={runs.drawn}
            metrics={found}
            view={view}
            onView={onView}
            empty={<Empty experiments={counts.data?.experiment_count ?? 0} project={id} />}
            toolbarStart={
              <Button kind="outline" className="lg:hidden" onClick={() => setListOpen(true)}>
                <ListFilter />
                <span className="num">
                  {formatCount(runs.drawn.length)} of {formatCount(counts.data?.experiment_count ?? 0)} runs
                </span>
              </Button>
            }
          />
        )}
      </div>
      <Dialog title="Runs" size="small" isOpen={isListOpen} onClose={() => setListOpen(false)}>
        <div className="flex h-[70vh] flex-col">{isListOpen && list}</div>
      </Dialog>
    </>
  )
}

function Liveness({ running }: { running: number }) {
  const { changedAt, connection } = useLive()
  const now = useNow()
  if (connection === 'reconnecting') return <span className="text-xs text-warn">Not live: the server does not answer</span>
  if (running === 0) return null
  return (
    <span className="num inline-flex items-center gap-1.5 text-xs whitespace-nowrap text-fg3 max-sm:hidden">
      <StateDot state="running" /> {formatCount(running)} live
      {changedAt > 0 && `, updated ${formatAgo(changedAt, Math.max(now, changedAt))}`}
    </span>
  )
}

function Empty({ experiments, project }: { experiments: number; project: ProjectId }) {
  return experiments === 0 ? (
    <EmptyState icon={<Rows3 />} title="No experiments yet">
      <p>Run this, or any program that logs to this project. Its charts appear here while it runs.</p>
      <HowToLog {...project} />
    </EmptyState>
  ) : (
    <EmptyState icon={<ChartLine />} title="No metrics yet">
      Charts appear here as soon as an experiment calls <code className="font-mono text-xs">log_metric</code>.
    </EmptyState>
  )
}
