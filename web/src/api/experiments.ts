import { keepPreviousData, queryOptions, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client, take } from '@/api/client'
import type { ExperimentRow, SearchExperiments, UpdateExperiment } from '@/api/types'

const PAGE = 100

/** A search without its page: what differs from it is which rows are in sight. */
export type Search = Omit<SearchExperiments, 'offset' | 'limit'>

function pageQuery(search: Search, page: number) {
  return queryOptions({
    queryKey: ['experiments', search.workspace, search.project, search, page],
    queryFn: ({ signal }) => take(client.POST('/api/v1/experiments/search', { body: { ...search, offset: page * PAGE, limit: PAGE }, signal })),
    placeholderData: keepPreviousData,
  })
}

export interface ExperimentRows {
  /** How many match; 0 until known. */
  total: number
  /** The row at a place, or undefined while it is on its way. */
  row: (place: number) => ExperimentRow | undefined
  /** Nothing is known yet. */
  isPending: boolean
  /** What is shown is of the last search; the new one is on its way. */
  isStale: boolean
  error: Error | null
  retry: () => void
}

/** The rows of a search from `first` to `last`, for long lists: fetches only the pages that are in sight. */
export function useExperimentRows(search: Search, first: number, last: number): ExperimentRows {
  const low = Math.max(0, Math.floor(first / PAGE))
  const high = Math.max(low, Math.floor(last / PAGE))
  const numbers = useMemo(() => Array.from({ length: high - low + 1 }, (_, place) => low + place), [low, high])
  const pages = useQueries({ queries: numbers.map(page => pageQuery(search, page)) })
  const known = pages.find(page => page.data)
  return {
    total: known?.data?.total ?? 0,
    row: place => pages[Math.floor(place / PAGE) - low]?.data?.rows[place % PAGE],
    isPending: !known && pages.some(page => page.isPending),
    isStale: pages.some(page => page.isPlaceholderData),
    error: pages.find(page => page.error)?.error ?? null,
    retry: () => pages.forEach(page => page.error && void page.refetch()),
  }
}

/** The first experiments whose name, tags or parameters hold a text, for pickers. `limit` is at most 1,000. */
export function useExperimentSearch(search: Search, limit: number, isOn = true) {
  return useQuery({
    queryKey: ['experiments', search.workspace, search.project, search, 'first', limit],
    queryFn: ({ signal }) => take(client.POST('/api/v1/experiments/search', { body: { ...search, offset: 0, limit }, signal })),
    placeholderData: keepPreviousData,
    enabled: isOn,
  })
}

function detailQuery(key: string) {
  return queryOptions({
    queryKey: ['experiment', key],
    queryFn: ({ signal }) => take(client.GET('/api/v1/experiments/{key}', { params: { path: { key } }, signal })),
  })
}

/** Everything about one experiment but its points and output. */
export const useExperiment = (key: string) => useQuery(detailQuery(key))

/** The same for several; those that do not exist stay undefined. */
export function useExperimentDetails(keys: readonly string[]) {
  return useQueries({ queries: keys.map(detailQuery), combine: results => results.map(result => result.data) })
}

/** Changes an experiment's name, tags or archive state. */
export function useUpdateExperiment(key: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: UpdateExperiment) => take(client.PATCH('/api/v1/experiments/{key}', { params: { path: { key } }, body })),
    onSuccess: experiment => {
      void queries.invalidateQueries({ queryKey: ['experiment', key] })
      void queries.invalidateQueries({ queryKey: ['experiments', experiment.workspace, experiment.project] })
    },
  })
}

/** Deletes experiments for good, one after another. Gives up at the first that fails. */
export function useDeleteExperiments() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (keys: readonly string[]) => {
      for (const key of keys) await take(client.DELETE('/api/v1/experiments/{key}', { params: { path: { key } } }))
    },
    onSettled: () => queries.invalidateQueries({ predicate: query => ['experiments', 'project', 'projects', 'columns'].includes(String(query.queryKey[0])) }),
  })
}
