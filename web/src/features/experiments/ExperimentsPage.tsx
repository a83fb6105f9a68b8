import { getRouteApi } from '@tanstack/react-router'
import { useDeferredValue, useMemo, useState } from 'react'
import { describeError } from '@/api/errors'
import { useColumns } from '@/api/projects'
import type { Search } from '@/api/experiments'
import { ColumnPicker } from '@/features/experiments/ColumnPicker'
import { decodeColumns, encodeColumns, toApiColumn } from '@/features/experiments/columns'
import { useDefaultColumns } from '@/features/experiments/defaults'
import { ExperimentTable } from '@/features/experiments/ExperimentTable'
import { askFor } from '@/features/experiments/measure'
import { NoExperiments, NoMatch, NothingArchived } from '@/features/experiments/NoExperiments'
import { useSelection } from '@/features/experiments/selection'
import { SelectionBar } from '@/features/experiments/SelectionBar'
import { decodeSort, encodeSort } from '@/features/experiments/sort'
import { StateFilter } from '@/features/experiments/StateFilter'
import { WaitingTable } from '@/features/experiments/WaitingTable'
import { decodeStates, type TableView } from '@/features/experiments/view'
import { formatCount } from '@/lib/format'
import { useTitle } from '@/lib/title'
import { ErrorState } from '@/ui/Feedback'
import { PageHeader } from '@/ui/PageHeader'
import { SearchField } from '@/ui/SearchField'
import { Toggle } from '@/ui/Toggle'

const route = getRouteApi('/$workspace/$project/experiments')

/** The table of a project's experiments: search, filter, sort, choose columns, act on several. All view state is in the URL. */
export function ExperimentsPage() {
  const { workspace, project } = route.useParams()
  const view = route.useSearch()
  const navigate = route.useNavigate()
  const [total, setTotal] = useState<number>()
  const selection = useSelection()
  useTitle('Experiments', project)

  const available = useColumns({ workspace, project })
  const defaults = useDefaultColumns({ workspace, project }, available.data, view.columns === undefined)
  const columns = useMemo(() => (view.columns === undefined ? defaults : decodeColumns(view.columns)), [view.columns, defaults])
  const sorts = useMemo(() => decodeSort(view.sort ?? ''), [view.sort])
  const states = useMemo(() => decodeStates(view.states), [view.states])
  const text = useDeferredValue(view.q ?? '')
  const search = useMemo<Search>(
    () => ({
      workspace,
      project,
      text,
      states,
      is_archived: view.archived ?? false,
      sort: sorts.map(({ column, isDescending }) => ({ column: toApiColumn(column), is_descending: isDescending })),
      ...askFor(columns ?? []),
    }),
    [workspace, project, text, states, view.archived, sorts, columns],
  )
  const change = (part: { [Key in keyof TableView]?: TableView[Key] | undefined }) =>
    void navigate({
      search: before =>
        Object.fromEntries(Object.entries({ ...before, ...part }).filter(([, value]) => value !== undefined && value !== '')),
      replace: true,
      resetScroll: false,
    })

  const isFiltered = text !== '' || states.length > 0
  const empty = isFiltered ? (
    <NoMatch onClear={() => change({ q: undefined, states: undefined })} />
  ) : view.archived ? (
    <NothingArchived onLeave={() => change({ archived: undefined })} />
  ) : (
    <NoExperiments workspace={workspace} project={project} />
  )
  if (available.error && !available.data)
    return <ErrorState {...describeError(available.error)} onRetry={() => void available.refetch()} className="flex-1" />
  return (
    <>
      <PageHeader
        title={view.archived ? 'Archived experiments' : 'Experiments'}
        aside={
          <span className="num text-sm text-fg3" aria-live="polite">
            {total !== undefined && formatCount(total)}
          </span>
        }
      />
      <div className="flex min-h-[var(--bar)] shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <SearchField
          label="Search name, tag, parameter"
          value={view.q ?? ''}
          onChange={q => change({ q })}
          isPageSearch
          className="w-60 max-sm:w-full"
        />
        <StateFilter states={states} onChange={next => change({ states: next.join(',') })} />
        <div className="ml-auto flex items-center gap-2">
          <Toggle
            isOn={view.archived ?? false}
            onChange={isOn => {
              selection.clear()
              change({ archived: isOn || undefined })
            }}
          >
            Archived
          </Toggle>
          <ColumnPicker
            workspace={workspace}
            project={project}
            available={available.data ?? []}
            columns={columns ?? []}
            isDefault={view.columns === undefined}
            onChange={next => change({ columns: next && encodeColumns(next) })}
          />
        </div>
      </div>
      {columns ? (
        <ExperimentTable
          key={`${workspace}/${project}`}
          search={search}
          columns={columns}
          sorts={sorts}
          onSort={next => change({ sort: encodeSort(next) })}
          selection={selection}
          onCount={setTotal}
          empty={empty}
        />
      ) : (
        <WaitingTable />
      )}
      <SelectionBar workspace={workspace} project={project} selection={selection} isArchived={view.archived ?? false} />
    </>
  )
}
