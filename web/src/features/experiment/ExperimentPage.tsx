import { getRouteApi, Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Telescope } from 'lucide-react'
import { ApiError, describeError } from '@/api/errors'
import { useExperiment } from '@/api/experiments'
import { ExperimentHeader } from '@/features/experiment/ExperimentHeader'
import { StateNote } from '@/features/experiment/StateNote'
import { useTitle } from '@/lib/title'
import { buttonClass } from '@/ui/Button'
import { EmptyState, ErrorState, Skeleton } from '@/ui/Feedback'
import { PageHeader } from '@/ui/PageHeader'

const route = getRouteApi('/$workspace/$project/experiments/$key')

/** An experiment's header and tabs; the tab in sight is the outlet. */
export function ExperimentPage() {
  const { workspace, project, key } = route.useParams()
  const { data, error, refetch } = useExperiment(key)
  const isOverview = useRouterState({ select: state => state.location.pathname.endsWith('/overview') })
  useTitle(data?.experiment.name, project)
  if (error && (!data || (error instanceof ApiError && error.status === 404))) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 400))
      return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="flex-1" />
    return <NoExperiment workspace={workspace} project={project} experimentKey={key} />
  }
  if (!data) return <HeaderSkeleton />
  return (
    <>
      <ExperimentHeader detail={data} />
      <StateNote key={`${key} ${isOverview}`} detail={data} isOpenAtFirst={isOverview} />
      <Outlet />
    </>
  )
}

function HeaderSkeleton() {
  return (
    <div aria-busy className="grid gap-2 border-b border-line px-4 pt-3 pb-3">
      <Skeleton className="h-3 w-40" />
      <Skeleton className="h-6 w-72" />
      <Skeleton className="h-4 w-96 max-w-full" />
      <Skeleton className="mt-2 h-5 w-64" />
    </div>
  )
}

function NoExperiment({ workspace, project, experimentKey }: { workspace: string; project: string; experimentKey: string }) {
  return (
    <>
      <PageHeader title="Experiment" />
      <EmptyState
        icon={<Telescope />}
        title="There is no such experiment"
        className="flex-1"
        action={
          <Link to="/$workspace/$project/experiments" params={{ workspace, project }} className={buttonClass('outline')}>
            Experiments of {project}
          </Link>
        }
      >
        It was deleted, or the address was cut short. Its key is <span className="font-mono text-xs break-all">{experimentKey}</span>.
      </EmptyState>
    </>
  )
}
