import { keepPreviousData, queryOptions, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client, take } from '@/api/client'
import type { ExperimentRow, SearchExperiments, UpdateExperiment } from '@/api/types'

const PAGE = 100

/** A search without its page: what differs from it is which rows are in sight. */
export type Search = Omit<SearchExperiments, 'offset' | 'limit'>

interface Page {
  /** What the rows answer: `values` follow its columns, `sketches` its sketches. */
  search: Search
  total: number
  rows: readonly ExperimentRow[]
}

function pageQuery(search: Search, page: number) {
  return queryOptions({
    queryKey: ['experiments', search.workspace, search.project, search, page],
    queryFn: async ({ signal }): Promise<Page> => ({
      search,
      ...(await take(client.POST('/api/v1/experiments/search', { body: { ...search, offset: page * PAGE, limit: PAGE }, signal }))),
    }),
  })
}

export interface ExperimentRows {
  /** How many match; 0 until known. */
  total: number
  /** The row at a place, or undefined while it is on its way. */
  row: (place: number) => ExperimentRow | undefined
  /** What the row at a place answers; while `isStale` its columns may be the ones of before. */
  searchAt: (place: number) => Search
  /** Nothing is known yet. */
  isPending: boolean
  /** What is shown is of the last search; the new one is on its way. */
  isStale: boolean
  error: Error | null
  retry: () => void
}

/** The rows of a search from `first` to `last`, for long lists: fetches the first page, and those that are in sight. */
export function useExperimentRows(search: Search, first: number, last: number): ExperimentRows {
  const low = Math.max(0, Math.floor(first / PAGE))
  const high = Math.max(low, Math.floor(last / PAGE))
  const numbers = useMemo(() => Array.from({ length: high - low + 1 }, (_, place) => low + place).filter(page => page > 0), [low, high])
  // The first page is always kept, so that the total is known wherever one scrolls; only it may show the last search.
  const start = useQuery({
    ...pageQuery(search, 0),
    placeholderData: (previous, query) =>
      query?.queryKey[1] === search.workspace && query.queryKey[2] === search.project ? previous : undefined,
  })
  const others = useQueries({ queries: numbers.map(page => pageQuery(search, page)) })
  const pageAt = (place: number) => {
    const page = Math.floor(place / PAGE)
    return page === 0 ? start.data : others[numbers.indexOf(page)]?.data
  }
  const all = [start, ...others]
  return {
    total: start.data?.total ?? 0,
    row: place => pageAt(place)?.rows[place % PAGE],
    searchAt: place => pageAt(place)?.search ?? search,
    isPending: start.isPending,
    isStale: start.isPlaceholderData,
    error: all.find(page => page.error)?.error ?? null,
    retry: () => all.forEach(page => page.error && void page.refetch()),
  }
}

/** The first rows of a search, once: for choosing columns and for acting on all that match. `limit` is at most 1,000. */
export function useFirstRows(search: Search, limit: number, isOn: boolean) {
  return useQuery({
    queryKey: ['first-experiments', search.workspace, search.project, search, limit],
    queryFn: ({ signal }) => fetchFirstRows(search, limit, signal),
    enabled: isOn,
  })
}

/** The same for an event handler. */
export async function fetchFirstRows(search: Search, limit: number, signal?: AbortSignal) {
  return await take(client.POST('/api/v1/experiments/search', { body: { ...search, offset: 0, limit }, signal: signal ?? null }))
}

function firstQuery(search: Search, limit: number) {
  return queryOptions({
    queryKey: ['experiments', search.workspace, search.project, search, 'first', limit],
    queryFn: ({ signal }) => fetchFirstRows(search, limit, signal),
  })
}

/** The first experiments whose name, tags or parameters hold a text, live, for pickers. `limit` is at most 1,000. */
export function useExperimentSearch(search: Search, limit: number, isOn = true) {
  return useQuery({ ...firstQuery(search, limit), placeholderData: keepPreviousData, enabled: isOn })
}

/** The first experiments of several searches; undefined where they are not known yet. */
export function useFirstExperiments(searches: readonly Search[], limit: number, isOn: boolean) {
  return useQueries({
    queries: searches.map(search => ({ ...firstQuery(search, limit), enabled: isOn })),
    combine: results => results.map(result => result.data),
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

/** Changes several experiments, one after another. Gives up at the first that fails. */
export function useUpdateExperiments() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (changes: readonly { key: string; body: UpdateExperiment }[]) => {
      for (const { key, body } of changes) await take(client.PATCH('/api/v1/experiments/{key}', { params: { path: { key } }, body }))
    },
    onSettled: () =>
      queries.invalidateQueries({
        predicate: query => ['experiments', 'experiment', 'project', 'projects'].includes(String(query.queryKey[0])),
      }),
  })
}

/** Deletes experiments for good, one after another. Gives up at the first that fails. */
export function useDeleteExperiments() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (keys: readonly string[]) => {
      for (const key of keys) await take(client.DELETE('/api/v1/experiments/{key}', { params: { path: { key } } }))
    },
    onSettled: () =>
      queries.invalidateQueries({
        predicate: query => ['experiments', 'project', 'projects', 'columns'].includes(String(query.queryKey[0])),
      }),
  })
}
