import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, take } from '@/api/client'
import { readErrorReply, unreachable } from '@/api/errors'

/** At most so many assets of an experiment are listed at once. */
export const ASSETS_LIMIT = 10_000

/** The assets of an experiment by kind, name and step, live. `text` narrows by name. */
export function useAssets(key: string, text: string) {
  return useQuery({
    queryKey: ['assets', key, text],
    queryFn: ({ signal }) =>
      take(
        client.GET('/api/v1/experiments/{key}/assets', {
          params: { path: { key }, query: { text, limit: ASSETS_LIMIT } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

/** Where the content of an asset is; `isDownload` saves it instead of showing it. */
export function contentAddress(key: string, asset: string, isDownload = false): string {
  const path = `/api/v1/experiments/${encodeURIComponent(key)}/assets/${encodeURIComponent(asset)}/content`
  return isDownload ? `${path}?download=true` : path
}

/** The first `limit` bytes of an asset as text. Content never changes, so it is asked for once. */
export function useAssetText(key: string, asset: string, limit: number, isOn: boolean) {
  return useQuery({
    queryKey: ['asset-text', key, asset, limit],
    queryFn: async ({ signal }) => {
      const reply = await fetch(contentAddress(key, asset), { headers: { Range: `bytes=0-${limit - 1}` }, signal }).catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        throw unreachable()
      })
      if (reply.status === 416) return ''
      if (!reply.ok) throw readErrorReply(reply.status, await reply.json().catch(() => null))
      return await reply.text()
    },
    enabled: isOn,
    staleTime: Infinity,
  })
}

/** Deletes assets of an experiment for good, one after another. Gives up at the first that fails. */
export function useDeleteAssets(key: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (assets: readonly string[]) => {
      for (const asset of assets) await take(client.DELETE('/api/v1/experiments/{key}/assets/{asset}', { params: { path: { key, asset } } }))
    },
    onSettled: () =>
      queries.invalidateQueries({
        predicate: query => (query.queryKey[0] === 'assets' || query.queryKey[0] === 'experiment') && query.queryKey[1] === key,
      }),
  })
}
