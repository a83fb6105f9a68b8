import { getRouteApi } from '@tanstack/react-router'
import { useExperiment } from '@/api/experiments'
import { FactsCard } from '@/features/experiment/FactsCard'
import { MetricsCard } from '@/features/experiment/MetricsCard'
import { PairsCard } from '@/features/experiment/PairsCard'

const route = getRouteApi('/$workspace/$project/experiments/$key')

/** What an experiment came to, what it was given, and where it ran. */
export function OverviewTab() {
  const { data } = useExperiment(route.useParams().key)
  if (!data) return null
  return (
    <div className="min-h-0 flex-1 overflow-auto" role="region" aria-label="Overview" tabIndex={0}>
      <div className="grid items-start gap-3 p-4 pb-16 lg:grid-cols-[1.25fr_1fr_1fr]">
        <MetricsCard detail={data} />
        <PairsCard title="Parameters" pairs={data.parameters} empty="No parameters were logged." hint="experiment.log_parameters({...})" />
        <div className="grid content-start gap-3">
          <FactsCard experiment={data.experiment} />
          <PairsCard title="Others" pairs={data.others} empty="No other facts were logged." hint='experiment.log_other("dataset", "v2")' />
        </div>
      </div>
    </div>
  )
}
