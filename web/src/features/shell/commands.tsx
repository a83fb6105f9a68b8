import { useNavigate, useParams } from '@tanstack/react-router'
import { ChartLine, FolderKanban, House, Monitor, Moon, Rows3, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { useExperimentSearch } from '@/api/experiments'
import { useProjects } from '@/api/projects'
import { chooseTheme } from '@/lib/theme'
import { StateDot, stateWord } from '@/ui/StateBadge'

/** One thing the command palette can do. */
export interface Command {
  key: string
  group: string
  label: string
  detail?: string
  icon: ReactNode
  run: () => void
}

/** What matches a text: pages, projects, experiments of the project at hand (found by the server), themes. */
export function useCommands(text: string): { commands: Command[]; isSearching: boolean } {
  const navigate = useNavigate()
  const params = useParams({ strict: false })
  const projects = useProjects().data?.projects ?? []
  const nearest = projects[0]
  const workspace = params.workspace ?? nearest?.workspace ?? ''
  const project = params.project ?? nearest?.name ?? ''
  const search = useExperimentSearch({ workspace, project, text, is_archived: false }, 8, project !== '')

  const pages: Command[] = [{ key: 'home', group: 'Pages', label: 'Home', icon: <House />, run: () => void navigate({ to: '/' }) }]
  if (project) {
    pages.push(
      {
        key: 'charts',
        group: 'Pages',
        label: 'Charts',
        detail: project,
        icon: <ChartLine />,
        run: () => void navigate({ to: '/$workspace/$project/charts', params: { workspace, project } }),
      },
      {
        key: 'experiments',
        group: 'Pages',
        label: 'Experiments',
        detail: project,
        icon: <Rows3 />,
        run: () => void navigate({ to: '/$workspace/$project/experiments', params: { workspace, project } }),
      },
    )
  }
  const experiments = (search.data?.rows ?? []).map(({ experiment }): Command => ({
    key: `experiment ${experiment.key}`,
    group: `Experiments in ${project}`,
    label: experiment.name,
    detail: stateWord(experiment.state),
    icon: <StateDot state={experiment.state} />,
    run: () =>
      void navigate({
        to: '/$workspace/$project/experiments/$key/charts',
        params: { workspace: experiment.workspace, project: experiment.project, key: experiment.key },
      }),
  }))
  const others = projects.map((each): Command => ({
    key: `project ${each.workspace}/${each.name}`,
    group: 'Projects',
    label: each.name,
    detail: each.workspace,
    icon: <FolderKanban />,
    run: () => void navigate({ to: '/$workspace/$project/charts', params: { workspace: each.workspace, project: each.name } }),
  }))
  const themes: Command[] = [
    { key: 'light', group: 'Theme', label: 'Light theme', icon: <Sun />, run: () => chooseTheme('light') },
    { key: 'dark', group: 'Theme', label: 'Dark theme', icon: <Moon />, run: () => chooseTheme('dark') },
    { key: 'system', group: 'Theme', label: 'Theme like the system', icon: <Monitor />, run: () => chooseTheme('system') },
  ]
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (command: Command) => words.every(word => `${command.label} ${command.detail ?? ''}`.toLowerCase().includes(word))
  return {
    commands: [...pages.filter(matches), ...experiments, ...others.filter(matches).slice(0, 8), ...themes.filter(matches)],
    isSearching: search.isFetching && text !== '',
  }
}
