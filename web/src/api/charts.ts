import { useQuery } from '@tanstack/react-query'
import { client, take } from '@/api/client'
import type { DrawChart } from '@/api/types'

interface ChartRequest extends DrawChart {
  /** False while the chart is out of sight. */
  isVisible: boolean
}

/** Series on one grid. Keeps what it shows while a finer or newer answer is on its way; out of sight it stands still. */
export function useChart({ isVisible, ...body }: ChartRequest) {
  return useQuery({
    queryKey: ['chart', body],
    queryFn: ({ signal }) => take(client.POST('/api/v1/metrics/chart', { body, signal })),
    // Another choice of experiments or zoom may show the last answer meanwhile, another metric or axis may not.
    placeholderData: (previous, query) => {
      const before = query?.queryKey[1] as DrawChart | undefined
      return before && before.x === body.x && JSON.stringify(before.metrics) === JSON.stringify(body.metrics) ? previous : undefined
    },
    enabled: isVisible && body.experiments.length > 0,
    gcTime: 60_000,
  })
}
