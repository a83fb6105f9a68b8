import { useFirstExperiments } from '@/api/experiments'
import { useColumnsOf } from '@/api/projects'
import type { Experiment, Project } from '@/api/types'
import { headlineMetric } from '@/lib/rank-metrics'
import { metricKey } from '@/panels/line-chart/data'

const PROJECTS = 5 // so many of the last changed are looked into
const EXPERIMENTS = 10

export interface RecentExperiment {
  experiment: Experiment
  /** The metric that says most of it; undefined if the project has none. */
  metric: string | undefined
  last: number | string | null
  sketch: readonly (number | null)[]
}

/** The newest experiments of the projects that changed last. Undefined while none is known. */
export function useRecent(projects: readonly Project[]): RecentExperiment[] | undefined {
  const ids = projects
    .filter(project => project.experiment_count > 0)
    .slice(0, PROJECTS)
    .map(({ workspace, name }) => ({ workspace, project: name }))
  const columns = useColumnsOf(ids)
  const metrics = columns.map(known => known && headlineMetric(known.filter(column => column.kind === 'metric')))
  const searches = ids.map((id, place) => {
    const shown = metrics[place] ? [{ ...metrics[place], value: 'last' as const }] : []
    return { ...id, text: '', is_archived: false, columns: shown, sketches: shown }
  })
  const pages = useFirstExperiments(
    searches,
    EXPERIMENTS,
    columns.every(known => known !== undefined),
  )
  if (pages.every(page => page === undefined)) return undefined
  return pages
    .flatMap((page, place) =>
      (page?.rows ?? []).map(({ experiment, values, sketches }) => {
        const last = values[0] ?? null
        return {
          experiment,
          metric: metrics[place] && metricKey(metrics[place]),
          last: typeof last === 'boolean' ? null : last,
          sketch: sketches[0] ?? [],
        }
      }),
    )
    .toSorted((a, b) => b.experiment.started_at - a.experiment.started_at)
    .slice(0, EXPERIMENTS)
}
