import { queryOptions, useQueries, useQuery } from '@tanstack/react-query'
import { client, take } from '@/api/client'

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

/** The same for several projects; undefined where it is not known yet. */
export function useColumnsOf(ids: readonly ProjectId[]) {
  return useQueries({ queries: ids.map(columnsQuery), combine: results => results.map(result => result.data) })
}
