import { Link } from '@tanstack/react-router'
import { ChartLine, Rows3 } from 'lucide-react'
import type { Project } from '@/api/types'
import { useNow } from '@/lib/clock'
import { formatAgo, formatCount, formatTime } from '@/lib/format'
import { buttonClass } from '@/ui/Button'

/** A project on the home page. The whole card leads to its charts. */
export function ProjectCard({ project }: { project: Project }) {
  const now = useNow()
  const params = { workspace: project.workspace, project: project.name }
  return (
    <article className="group relative flex h-full flex-col gap-3 rounded-lg bg-surface p-4 ring-1 ring-line transition-shadow hover:shadow-1 hover:ring-line2">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p className="truncate text-xs text-fg3">{project.workspace}</p>
          <h2 className="truncate text-lg font-semibold tracking-[-.01em]">
            <Link
              to="/$workspace/$project/charts"
              params={params}
              title={project.name}
              className="outline-none after:absolute after:inset-0 after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent"
            >
              {project.name}
            </Link>
          </h2>
        </div>
        {project.running_count > 0 && (
          <span className="mt-1 inline-flex h-5 shrink-0 items-center gap-1.5 rounded-full bg-run-soft px-2 text-xs font-medium text-run">
            <span aria-hidden className="pulse-ring size-[7px] rounded-full bg-run" />
            <span className="num">{formatCount(project.running_count)} running</span>
          </span>
        )}
      </div>
      <div className="mt-auto flex items-center gap-1 text-sm text-fg2">
        <span className="num">
          {formatCount(project.experiment_count)} experiment{project.experiment_count === 1 ? '' : 's'}
        </span>
        {project.running_count === 0 && (
          <span className="num truncate text-fg3" title={formatTime(project.updated_at)}>
            · {formatAgo(project.updated_at, now)}
          </span>
        )}
        <span className="relative z-[1] -my-1 ml-auto flex">
          <Link
            to="/$workspace/$project/charts"
            params={params}
            aria-label={`Charts of ${project.name}`}
            title="Charts"
            className={buttonClass('plain', true)}
          >
            <ChartLine />
          </Link>
          <Link
            to="/$workspace/$project/experiments"
            params={params}
            aria-label={`Experiments of ${project.name}`}
            title="Experiments"
            className={buttonClass('plain', true)}
          >
            <Rows3 />
          </Link>
        </span>
      </div>
    </article>
  )
}
