import { Link } from '@tanstack/react-router'
import type { Project } from '@/api/types'
import { useRecent, type RecentExperiment } from '@/features/home/use-recent'
import { seriesColor } from '@/lib/series'
import { formatMetricValue } from '@/lib/value'
import { LongName } from '@/ui/LongName'
import { Sparkline } from '@/ui/Sparkline'
import { StateBadge } from '@/ui/StateBadge'
import { Swatch } from '@/ui/Swatch'
import { Ago, Lasting } from '@/ui/Time'

/** What was started last, wherever it was: the way back to one's work. */
export function RecentExperiments({ projects }: { projects: readonly Project[] }) {
  const recent = useRecent(projects)
  if (!recent || recent.length === 0) return null
  return (
    <section aria-labelledby="recent" className="px-4 pb-16">
      <h2 id="recent" className="flex h-9 items-center text-sm font-semibold">
        Recent experiments
      </h2>
      <ul className="overflow-hidden rounded-lg ring-1 ring-line">
        {recent.map(each => (
          <RecentRow key={each.experiment.key} {...each} />
        ))}
      </ul>
    </section>
  )
}

function RecentRow({ experiment, metric, last, sketch }: RecentExperiment) {
  const { workspace, project, key, name, number, state, reason } = experiment
  const color = seriesColor(number)
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-t border-line px-4 py-2 text-sm first:border-0 hover:bg-hover md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_minmax(208px,2fr)_88px_88px] md:py-1.5 xl:grid-cols-[minmax(0,4fr)_minmax(0,2fr)_minmax(208px,2fr)_88px_88px_88px]">
      <span className="flex min-w-0 items-center gap-2.5">
        <Swatch color={color} className="size-[9px]" />
        <Link
          to="/$workspace/$project/experiments/$key/charts"
          params={{ workspace, project, key }}
          className="min-w-0 font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <LongName name={name} />
        </Link>
      </span>
      <span className="order-1 truncate text-fg3 max-md:pl-5 max-md:text-xs md:order-none" title={project}>
        {project}
      </span>
      <span className="flex min-w-0 items-center gap-2.5 max-md:hidden">
        {last !== null && (
          <>
            <Sparkline values={sketch} color={color} width={72} height={18} />
            <span className="num min-w-0 truncate text-fg2" title={`${metric}: ${last}`}>
              {formatMetricValue(last)} <span className="text-xs text-fg3">{metric}</span>
            </span>
          </>
        )}
      </span>
      <span className="justify-self-start">
        <StateBadge state={state} {...(reason && { title: reason })} />
      </span>
      <span className="text-right text-fg3 max-xl:hidden">
        <Lasting from={experiment.started_at} to={experiment.ended_at ?? (state === 'lost' ? experiment.heard_at : null)} />
      </span>
      <span className="order-2 text-right text-fg3 max-md:text-xs md:order-none">
        <Ago time={experiment.started_at} />
      </span>
    </li>
  )
}
