import { Archive, FlaskConical, SearchX } from 'lucide-react'
import { Button } from '@/ui/Button'
import { EmptyState } from '@/ui/Feedback'
import { HowToLog } from '@/ui/HowToLog'

/** A project without experiments: how to log the first. */
export function NoExperiments({ workspace, project }: { workspace: string; project: string }) {
  return (
    <EmptyState icon={<FlaskConical />} title="No experiments yet">
      <p>Run this, or any program that logs to this project. What it says appears here while it runs.</p>
      <HowToLog workspace={workspace} project={project} />
    </EmptyState>
  )
}

/** A search that finds nothing. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No experiment matches"
      action={
        <Button kind="outline" onClick={onClear}>
          Clear search and filters
        </Button>
      }
    >
      All words must stand in the name, key, tags or a parameter's value.
    </EmptyState>
  )
}

/** An archive with nothing in it. */
export function NothingArchived({ onLeave }: { onLeave: () => void }) {
  return (
    <EmptyState
      icon={<Archive />}
      title="Nothing is archived"
      action={
        <Button kind="outline" onClick={onLeave}>
          Show experiments
        </Button>
      }
    >
      Archived experiments leave the table and the charts, and can be restored from here.
    </EmptyState>
  )
}
