import { CodeBlock } from '@/ui/CodeBlock'

/** What to type where one trains, before the first experiment. */
export function InstallCode() {
  return <CodeBlock label="the commands" code={`pip install halley\nexport HALLEY_URL=${window.location.origin}`} />
}

/** A whole program that logs an experiment to a project. */
export function ProgramCode({ workspace, project }: { workspace?: string; project: string }) {
  const name = `project_name=${JSON.stringify(project)}`
  const code = `import halley

experiment = halley.Experiment(${workspace === undefined ? name : `\n    workspace=${JSON.stringify(workspace)},\n    ${name},\n`})
experiment.log_parameters({"learning_rate": 0.1})

for step in range(500):
    loss = 2 / (1 + 0.02 * step)
    experiment.log_metric("loss", loss, step=step)

experiment.end()`
  return <CodeBlock label="the program" code={code} />
}

/** Both, for a project without experiments. */
export function HowToLog(project: { workspace: string; project: string }) {
  return (
    <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-2 text-left">
      <InstallCode />
      <ProgramCode {...project} />
    </div>
  )
}
