import { useState } from 'react'
import { useProjects } from '@/api/projects'
import { describeError } from '@/api/errors'
import { FirstSteps } from '@/features/home/FirstSteps'
import { ProjectCard } from '@/features/home/ProjectCard'
import { RecentExperiments } from '@/features/home/RecentExperiments'
import { formatCount } from '@/lib/format'
import { useTitle } from '@/lib/title'
import { EmptyState, ErrorState, Skeleton } from '@/ui/Feedback'
import { PageHeader } from '@/ui/PageHeader'
import { SearchField } from '@/ui/SearchField'

/** All projects, the last changed first; with none yet, how to begin. */
export function HomePage() {
  useTitle('Home')
  const { data, error, refetch } = useProjects()
  const [text, setText] = useState('')
  const projects = data?.projects ?? []
  const found = projects.filter(project => `${project.workspace}/${project.name}`.toLowerCase().includes(text.toLowerCase()))
  return (
    <>
      <PageHeader
        title="Projects"
        aside={data && projects.length > 0 && <span className="num text-sm text-fg3">{formatCount(projects.length)}</span>}
      >
        {projects.length > 0 && <SearchField label="Find project" value={text} onChange={setText} isPageSearch className="w-52" />}
      </PageHeader>
      <div className="min-h-0 flex-1 overflow-auto" role="region" aria-label="Projects" tabIndex={0}>
        {error && !data ? (
          <ErrorState {...describeError(error)} onRetry={() => void refetch()} />
        ) : !data ? (
          <ul aria-hidden className="grid grid-cols-[repeat(auto-fill,minmax(280px,1fr))] gap-3 p-4">
            {[0, 1, 2].map(place => (
              <li key={place}>
                <Skeleton className="h-[104px] rounded-lg" />
              </li>
            ))}
          </ul>
        ) : projects.length === 0 ? (
          <FirstSteps />
        ) : found.length === 0 ? (
          <EmptyState title={`No project is called “${text}”`} />
        ) : (
          <>
            <ul className="grid grid-cols-[repeat(auto-fill,minmax(280px,1fr))] gap-3 p-4">
              {found.map(project => (
                <li key={`${project.workspace}/${project.name}`}>
                  <ProjectCard project={project} />
                </li>
              ))}
            </ul>
            <RecentExperiments projects={found} />
          </>
        )}
      </div>
    </>
  )
}
