import { queryOptions } from '@tanstack/react-query'
import { client, take } from '@/api/client'

/** 1 is stdout, 2 is stderr, undefined both. */
export type Stream = 1 | 2 | undefined

/** Lines of an experiment's output from place `first` on; negative counts from the end. */
export function outputQuery(key: string, stream: Stream, first: number, limit: number) {
  return queryOptions({
    queryKey: ['output', key, stream ?? 0, first, limit],
    queryFn: ({ signal }) =>
      take(client.GET('/api/v1/experiments/{key}/output', { params: { path: { key }, query: { first, limit, stream } }, signal })),
  })
}

/** Places of lines that hold a text, as of now: a search reads all lines, too much to do again for each that is added. */
export function outputSearchQuery(key: string, stream: Stream, text: string) {
  return queryOptions({
    queryKey: ['output-search', key, stream ?? 0, text],
    queryFn: ({ signal }) =>
      take(client.GET('/api/v1/experiments/{key}/output/search', { params: { path: { key }, query: { text, stream } }, signal })),
    enabled: text !== '',
  })
}

/** Where the whole output can be saved from. */
export const outputDownloadAddress = (key: string) => `/api/v1/experiments/${encodeURIComponent(key)}/output/download`
