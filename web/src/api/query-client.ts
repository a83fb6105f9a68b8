import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '@/api/errors'

/** How everything fetched is kept: fresh until a live event says otherwise, retried only if nobody answered. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        retryDelay: attempt => 500 * 2 ** attempt,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
