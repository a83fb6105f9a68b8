import { Link, Outlet, useParams } from '@tanstack/react-router'
import { FolderSearch } from 'lucide-react'
import { ApiError } from '@/api/errors'
import { useProject } from '@/api/projects'
import { buttonClass } from '@/ui/Button'
import { EmptyState } from '@/ui/Feedback'
import { PageHeader } from '@/ui/PageHeader'

/** Every page of a project; if there is no such project, that. */
export function ProjectFrame() {
  const { workspace = '', project = '' } = useParams({ strict: false })
  const { error } = useProject({ workspace, project })
  if (!(error instanceof ApiError) || error.status !== 404) return <Outlet />
  return (
    <>
      <PageHeader title="Project" />
      <EmptyState
        icon={<FolderSearch />}
        title={`Workspace “${workspace}” has no project “${project}”`}
        className="flex-1"
        action={
          <Link to="/" className={buttonClass('outline')}>
            All projects
          </Link>
        }
      >
        Perhaps the address was cut short. A program that logs to it creates it, and then it appears here by itself.
      </EmptyState>
    </>
  )
}
