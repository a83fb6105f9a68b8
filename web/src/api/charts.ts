import { useQuery, useQueryClient } from '@tanstack/react-query'
import { client, take } from '@/api/client'
import { addNews } from '@/api/news'
import type { Chart, DrawChart } from '@/api/types'

/** What is asked of a chart; how far it is known already is not part of the question. */
export type ChartQuestion = Omit<DrawChart, 'since'>

interface ChartRequest extends ChartQuestion {
  /** False while the chart is out of sight. */
  isVisible: boolean
}

/**
 * Series on one grid. Keeps what it shows while a finer or newer answer is on its way; out of sight it stands still.
 * What is shown already is not fetched again: only what is new since.
 */
export function useChart({ isVisible, ...body }: ChartRequest) {
  const queries = useQueryClient()
  return useQuery({
    queryKey: ['chart', body],
    queryFn: async ({ signal, queryKey }) => {
      const shown = queries.getQueryData<Chart>(queryKey)
      const news = await take(client.POST('/api/v1/metrics/chart', { body: { ...body, since: shown?.cursor ?? '' }, signal }))
      return shown ? addNews(shown, news) : news
    },
    // Another choice of experiments or zoom may show the last answer meanwhile, another metric or axis may not.
    placeholderData: (previous, query) => {
      const before = query?.queryKey[1] as ChartQuestion | undefined
      return before && before.x === body.x && JSON.stringify(before.metrics) === JSON.stringify(body.metrics) ? previous : undefined
    },
    enabled: isVisible && body.experiments.length > 0,
    gcTime: 60_000,
  })
}
