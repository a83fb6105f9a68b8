import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client, take } from '@/api/client'
import type { Column, MetricRef } from '@/api/types'

export interface ProjectId {
  workspace: string
  project: string
}

/** All projects, the last changed first. */
export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => take(client.GET('/api/v1/projects', { signal })),
})

export const useProjects = () => useQuery(projectsQuery)

/** One project with its counts. */
export function useProject({ workspace, project }: ProjectId) {
  return useQuery({
    queryKey: ['project', workspace, project],
    queryFn: ({ signal }) =>
      take(client.GET('/api/v1/projects/{workspace}/{project}', { params: { path: { workspace, project } }, signal })),
  })
}

function columnsQuery({ workspace, project }: ProjectId) {
  return queryOptions({
    queryKey: ['columns', workspace, project],
    queryFn: ({ signal }) =>
      take(client.GET('/api/v1/projects/{workspace}/{project}/columns', { params: { path: { workspace, project } }, signal })),
    select: reply => reply.columns,
  })
}

/** Every column that the project's experiments can show: fields, parameters, others, metrics. */
export const useColumns = (id: ProjectId) => useQuery(columnsQuery(id))

/** So many metrics are listed among the columns; a project may have more. */
const LISTED = 5_000

/**
 * The project's metrics: those among its columns; in a project that has more than are listed, and with a text to find, the
 * best hundred that the server finds. The same array while nothing changed.
 */
export function useMetrics({ workspace, project }: ProjectId, columns: readonly Column[] | undefined, text: string): readonly MetricRef[] {
  const listed = useMemo(
    () => (columns ?? []).filter(column => column.kind === 'metric').map(({ name, context }): MetricRef => ({ name, context })),
    [columns],
  )
  const isOn = listed.length >= LISTED && text.trim() !== ''
  const found = useQuery({
    queryKey: ['metrics', workspace, project, text],
    queryFn: ({ signal }) =>
      take(
        client.GET('/api/v1/projects/{workspace}/{project}/metrics', {
          params: { path: { workspace, project }, query: { text: text.slice(0, 200) } },
          signal,
        }),
      ),
    select: reply => reply.metrics,
    placeholderData: keepPreviousData,
    enabled: isOn,
  })
  return isOn && found.data?.length ? found.data : listed
}

/** The columns of several projects; undefined where it is not known yet. */
export function useColumnsOf(ids: readonly ProjectId[]) {
  return useQueries({ queries: ids.map(columnsQuery), combine: results => results.map(result => result.data) })
}
