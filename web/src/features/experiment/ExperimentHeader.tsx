import { Link, useNavigate } from '@tanstack/react-router'
import { Archive, ArchiveRestore, Clock, Copy, Ellipsis, Server, SquareTerminal, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '@/api/errors'
import { useDeleteExperiments, useUpdateExperiment } from '@/api/experiments'
import type { ExperimentDetail, UpdateExperiment } from '@/api/types'
import { endOf } from '@/features/experiment/facts'
import { NameField } from '@/features/experiment/NameField'
import { TagList } from '@/features/experiment/TagList'
import { copyText } from '@/lib/clipboard'
import { seriesColor } from '@/lib/series'
import { Badge } from '@/ui/Badge'
import { IconButton } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/ConfirmDialog'
import { CopyButton } from '@/ui/CopyButton'
import { Menu } from '@/ui/Menu'
import { Breadcrumbs } from '@/ui/PageHeader'
import { StateBadge } from '@/ui/StateBadge'
import { Swatch } from '@/ui/Swatch'
import { TabBar, TabLink } from '@/ui/Tabs'
import { Ago, Lasting } from '@/ui/Time'
import { notify } from '@/ui/Toast'

/** Who the experiment is, how it stands, what can be done with it, and its tabs. */
export function ExperimentHeader({ detail }: { detail: ExperimentDetail }) {
  const { experiment } = detail
  const { workspace, project, key } = experiment
  const update = useUpdateExperiment(key)
  const change = (body: UpdateExperiment, done?: string) =>
    update.mutate(body, {
      onSuccess: () => done && notify(done),
      onError: error => notify('Not saved', { detail: describeError(error).message, isError: true }),
    })
  const place = { workspace, project }
  const tab = { workspace, project, key }
  return (
    <header className="shrink-0 border-b border-line px-4 pt-2.5">
      <Breadcrumbs
        items={[
          {
            key: 'project',
            node: (
              <Link to="/$workspace/$project/charts" params={place}>
                {project}
              </Link>
            ),
          },
          {
            key: 'experiments',
            node: (
              <Link to="/$workspace/$project/experiments" params={place} activeOptions={{ exact: true }}>
                Experiments
              </Link>
            ),
          },
          { key: 'experiment', node: `#${experiment.number}` },
        ]}
      />
      <div className="mt-1 flex items-start gap-2.5">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="flex max-w-full min-w-0 items-center gap-2.5">
            <Swatch color={seriesColor(experiment.number)} className="size-3 rounded-[4px]" />
            <NameField name={experiment.name} onRename={name => change({ name })} />
          </span>
          <StateBadge state={experiment.state} title={experiment.reason || undefined} />
          {experiment.is_archived && <Badge tone="warn">archived</Badge>}
          <TagList tags={experiment.tags} onChange={tags => change({ tags })} />
        </div>
        <Actions
          detail={detail}
          onArchive={() => change({ is_archived: !experiment.is_archived }, experiment.is_archived ? 'Restored' : 'Archived')}
        />
      </div>
      <div className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-0.5 text-sm text-fg2 [&_svg]:size-3.5 [&>span>svg]:shrink-0 [&>span>svg]:text-fg3">
        <span className="flex items-center gap-1.5">
          <Clock aria-hidden />
          <Lasting from={experiment.started_at} to={endOf(experiment)} />
          <span aria-hidden className="text-fg3">
            ·
          </span>
          <span>
            started <Ago time={experiment.started_at} />
          </span>
        </span>
        {experiment.host && (
          <span className="flex min-w-0 items-center gap-1.5">
            <Server aria-hidden />
            <span className="truncate">{experiment.host}</span>
          </span>
        )}
        {experiment.command && (
          <span className="flex min-w-0 items-center gap-1.5">
            <SquareTerminal aria-hidden />
            <span title={experiment.command} className="max-w-[46ch] truncate font-mono text-xs">
              {experiment.command}
            </span>
            <CopyButton text={experiment.command} label="Copy command" className="-ml-1" />
          </span>
        )}
        <span className="flex items-center gap-1 max-sm:hidden">
          <span title={`Key ${key}`} className="font-mono text-xs">
            {key.slice(0, 8)}
          </span>
          <CopyButton text={key} label="Copy key" />
        </span>
      </div>
      <div className="mt-1.5">
        <TabBar label="Experiment">
          <TabLink to="/$workspace/$project/experiments/$key/charts" params={tab} count={detail.metrics.length}>
            Charts
          </TabLink>
          <TabLink to="/$workspace/$project/experiments/$key/overview" params={tab}>
            Overview
          </TabLink>
          <TabLink to="/$workspace/$project/experiments/$key/output" params={tab} count={detail.output_line_count}>
            Output
          </TabLink>
          <TabLink to="/$workspace/$project/experiments/$key/assets" params={tab} count={detail.asset_count}>
            Assets
          </TabLink>
        </TabBar>
      </div>
    </header>
  )
}

function Actions({ detail: { experiment }, onArchive }: { detail: ExperimentDetail; onArchive: () => void }) {
  const { workspace, project, key, name, is_archived: isArchived } = experiment
  const navigate = useNavigate()
  const remove = useDeleteExperiments()
  const [isAsking, setAsking] = useState(false)
  const copy = async (text: string, what: string) => {
    if (await copyText(text)) notify(`${what} copied`)
    else notify('Could not copy', { detail: 'The browser does not allow it here.', isError: true })
  }
  const deleteIt = () =>
    remove.mutate([key], {
      onSuccess: () => {
        notify(`Deleted ${name}`)
        void navigate({ to: '/$workspace/$project/experiments', params: { workspace, project } })
      },
      onError: error => notify('Not deleted', { detail: describeError(error).message, isError: true }),
    })
  return (
    <>
      <Menu
        trigger={
          <IconButton label="Experiment actions">
            <Ellipsis />
          </IconButton>
        }
        items={[
          { label: 'Copy key', icon: <Copy />, onSelect: () => void copy(key, 'Key') },
          { label: 'Copy link', icon: <Copy />, onSelect: () => void copy(window.location.href, 'Link') },
          'line',
          { label: isArchived ? 'Restore' : 'Archive', icon: isArchived ? <ArchiveRestore /> : <Archive />, onSelect: onArchive },
          { label: 'Delete', icon: <Trash2 />, isDanger: true, onSelect: () => setAsking(true) },
        ]}
      />
      <ConfirmDialog
        title="Delete this experiment?"
        action="Delete experiment"
        isOpen={isAsking}
        isBusy={remove.isPending}
        onConfirm={deleteIt}
        onClose={() => setAsking(false)}
      >
        <p>
          <b className="font-medium break-words text-fg">{name}</b>, its metrics, parameters and output go for good. Archiving hides it and
          can be undone.
        </p>
      </ConfirmDialog>
    </>
  )
}
