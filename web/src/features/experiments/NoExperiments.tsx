import { Archive, FlaskConical, SearchX } from 'lucide-react'
import { Button } from '@/ui/Button'
import { CodeBlock } from '@/ui/CodeBlock'
import { EmptyState } from '@/ui/Feedback'

/** A project without experiments: how to log the first. */
export function NoExperiments({ workspace, project }: { workspace: string; project: string }) {
  const code = `import halley

experiment = halley.Experiment(
    workspace=${JSON.stringify(workspace)},
    project_name=${JSON.stringify(project)},
)
experiment.log_parameters({"learning_rate": 0.1})

for step in range(500):
    loss = 2 / (1 + 0.02 * step)
    experiment.log_metric("loss", loss, step=step)

experiment.end()`
  return (
    <EmptyState icon={<FlaskConical />} title="No experiments yet">
      <p>Run this, or any program that logs to this project. What it says appears here while it runs.</p>
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-2 text-left">
        <CodeBlock label="the commands" code={`pip install halley\nexport HALLEY_URL=${window.location.origin}`} />
        <CodeBlock label="the program" code={code} />
      </div>
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
