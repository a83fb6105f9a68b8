import { useMemo } from 'react'
import { useExperimentDetails, useExperimentSearch, type Search } from '@/api/experiments'
import type { ProjectId } from '@/api/projects'
import type { Column, Experiment } from '@/api/types'
import { MOST, NEWEST } from '@/features/charts/choose'
import type { PanelExperiment } from '@/panels/contract'

/** The newest first. */
export const NEWEST_FIRST: Search['sort'] = [
  { column: { kind: 'field', name: 'started_at', context: '', value: 'last' }, is_descending: true },
]

interface Runs {
  /** Drawn, in the order of the list: the newest first. The same array while nothing changed. */
  drawn: readonly PanelExperiment[]
  newest: readonly string[]
  isPending: boolean
  error: Error | null
  retry: () => void
}

/** Which experiments are drawn: those chosen, else the newest. */
export function useRuns({ workspace, project }: ProjectId, chosen: readonly string[] | undefined): Runs {
  // A choice is mostly among the newer ones: one request names them all, and only the others are asked for one by one.
  const search = useExperimentSearch({ workspace, project, text: '', is_archived: false, sort: NEWEST_FIRST }, chosen ? 2 * MOST : NEWEST)
  const listed = useMemo(() => (search.data?.rows ?? []).map(row => row.experiment), [search.data])
  const newest = useMemo(() => listed.slice(0, NEWEST), [listed])
  const missing = !search.data || search.isPlaceholderData ? [] : (chosen ?? []).filter(key => !listed.some(each => each.key === key))
  const details = useExperimentDetails(missing)
  const known = chosen
    ? [
        ...listed.filter(each => chosen.includes(each.key)),
        ...details.flatMap(detail => (detail?.experiment.project === project ? [detail.experiment] : [])),
      ]
    : newest
  // What a panel sees of an experiment seldom changes, while the rest changes with every beat.
  const signature = JSON.stringify(
    known.toSorted((a, b) => b.number - a.number).map(({ key, name, number }: Experiment): PanelExperiment => ({ key, name, number })),
  )
  const drawn = useMemo(() => JSON.parse(signature) as PanelExperiment[], [signature])
  return {
    drawn,
    newest: useMemo(() => newest.map(each => each.key), [newest]),
    isPending: search.isPending,
    error: search.data ? null : search.error,
    retry: () => void search.refetch(),
  }
}

/** A metric's last value as a column of the list. */
export function valueColumn(metric: { name: string; context: string }): Column {
  return { kind: 'metric', name: metric.name, context: metric.context, value: 'last' }
}
