import { Link, useParams } from '@tanstack/react-router'
import { ChartLine, FolderKanban, House, Keyboard, Monitor, Moon, Rows3, Search, Sun } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { useProject, useProjects } from '@/api/projects'
import { Connection } from '@/features/shell/Connection'
import { formatCount } from '@/lib/format'
import { modKey } from '@/lib/keyboard'
import { chooseTheme, useThemeChoice, type ThemeChoice } from '@/lib/theme'
import { Kbd } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { Mark } from '@/ui/Mark'
import { Menu } from '@/ui/Menu'

const ITEM =
  'flex h-7 shrink-0 items-center gap-2.5 rounded-md px-2 text-fg2 hover:bg-hover hover:text-fg [&_svg]:size-[15px] [&_svg]:shrink-0 [&_svg]:stroke-[1.8] [&_svg]:text-fg3 ' +
  'aria-[current=page]:bg-active aria-[current=page]:font-medium aria-[current=page]:text-fg aria-[current=page]:[&_svg]:text-fg'
const RECENT = 8

/** The left rail: where one can go, and whether the page is live. */
export function Rail({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const { workspace, project } = useParams({ strict: false })
  return (
    <nav aria-label="Main" className="flex min-h-0 w-full flex-col p-2">
      <Link to="/" className="mb-2 flex h-9 shrink-0 items-center gap-2 rounded-md px-2 hover:bg-hover">
        <Mark className="size-[22px] shrink-0" />
        <span className="font-semibold tracking-[-.01em]">Halley</span>
        {workspace && <span className="min-w-0 truncate text-sm text-fg3">{workspace}</span>}
      </Link>
      <button
        type="button"
        onClick={onSearch}
        className="mb-3 flex h-7 shrink-0 items-center gap-2 rounded-md bg-surface px-2 text-sm text-fg3 ring-1 ring-line ring-inset hover:ring-line2"
      >
        <Search aria-hidden className="size-3.5" />
        Search or jump to
        <span className="ml-auto">
          <Kbd>{modKey('K')}</Kbd>
        </span>
      </button>
      <Link to="/" activeOptions={{ exact: true }} className={ITEM}>
        <House aria-hidden />
        Home
      </Link>
      {workspace && project && <ProjectPages workspace={workspace} project={project} />}
      <RecentProjects workspace={workspace} project={project} />
      <div className="mt-auto flex shrink-0 items-center gap-1 pt-2">
        <Connection />
        <ThemeMenu />
        <IconButton label="Keyboard shortcuts" shortcut="?" onClick={onHelp}>
          <Keyboard />
        </IconButton>
      </div>
    </nav>
  )
}

function Heading({ children, ...rest }: ComponentProps<'h2'> & { children: ReactNode }) {
  return (
    <h2 {...rest} className="mt-4 mb-1 flex shrink-0 items-center gap-2 px-2 text-xs font-medium text-fg3">
      {children}
    </h2>
  )
}

function ProjectPages({ workspace, project }: { workspace: string; project: string }) {
  const counts = useProject({ workspace, project }).data
  return (
    <>
      <Heading title={project}>
        <span aria-hidden className="size-2 shrink-0 rounded-[3px] bg-accent" />
        <span className="truncate">{project}</span>
      </Heading>
      <Link to="/$workspace/$project/charts" params={{ workspace, project }} activeOptions={{ includeSearch: false }} className={ITEM}>
        <ChartLine aria-hidden />
        Charts
      </Link>
      <Link to="/$workspace/$project/experiments" params={{ workspace, project }} activeOptions={{ includeSearch: false }} className={ITEM}>
        <Rows3 aria-hidden />
        Experiments
        {counts && <span className="num ml-auto text-xs text-fg3">{formatCount(counts.experiment_count)}</span>}
      </Link>
    </>
  )
}

function RecentProjects({ workspace, project }: { workspace: string | undefined; project: string | undefined }) {
  const others = (useProjects().data?.projects ?? []).filter(each => each.workspace !== workspace || each.name !== project)
  if (others.length === 0) return null
  return (
    <>
      <Heading>{project ? 'Other projects' : 'Projects'}</Heading>
      <div className="-mx-1 flex min-h-0 flex-col overflow-y-auto px-1 py-px">
        {others.slice(0, RECENT).map(each => (
          <Link
            key={`${each.workspace}/${each.name}`}
            to="/$workspace/$project/charts"
            params={{ workspace: each.workspace, project: each.name }}
            title={each.name}
            className={ITEM}
          >
            <FolderKanban aria-hidden />
            <span className="truncate">{each.name}</span>
            {each.running_count > 0 && (
              <span
                role="img"
                aria-label={`${each.running_count} running`}
                title={`${each.running_count} running`}
                className="ml-auto size-[7px] shrink-0 rounded-full bg-run"
              />
            )}
          </Link>
        ))}
      </div>
      {others.length > RECENT && (
        <Link to="/" className={ITEM}>
          <span className="pl-[25px] text-sm text-fg3">All {formatCount(others.length + (project ? 1 : 0))}</span>
        </Link>
      )}
    </>
  )
}

const THEMES: readonly [ThemeChoice, string, ReactNode][] = [
  ['light', 'Light', <Sun key="light" />],
  ['dark', 'Dark', <Moon key="dark" />],
  ['system', 'Like the system', <Monitor key="system" />],
]

function ThemeMenu() {
  const choice = useThemeChoice()
  const [, , icon] = THEMES.find(([key]) => key === choice) ?? THEMES[2]!
  return (
    <Menu
      trigger={<IconButton label="Theme">{icon}</IconButton>}
      items={THEMES.map(([key, label, icon]) => ({ label, icon, isChecked: key === choice, onSelect: () => chooseTheme(key) }))}
    />
  )
}
