import { useNavigate } from '@tanstack/react-router'
import { Archive, ArchiveRestore, ChartLine, Tag, Trash2, X } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { describeError } from '@/api/errors'
import { useDeleteExperiments, useUpdateExperiments } from '@/api/experiments'
import type { UpdateExperiment } from '@/api/types'
import type { Selection } from '@/features/experiments/selection'
import { formatCount } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/ConfirmDialog'
import { LongName } from '@/ui/LongName'
import { Popover } from '@/ui/Popover'
import { notify } from '@/ui/Toast'

const NAMED = 8 // experiments named in the question before deletion
const COMPARED = 100 // as many as the charts page takes

interface SelectionBarProps {
  workspace: string
  project: string
  selection: Selection
  isArchived: boolean
}

/** What can be done with the experiments that are ticked. */
export function SelectionBar({ workspace, project, selection, isArchived }: SelectionBarProps) {
  const navigate = useNavigate()
  const update = useUpdateExperiments()
  const remove = useDeleteExperiments()
  const [isAsking, setAsking] = useState(false)
  const { list, size } = selection
  if (size === 0) return null
  const experiments = size === 1 ? '1 experiment' : `${formatCount(size)} experiments`

  const change = (bodies: readonly { key: string; body: UpdateExperiment }[], done: string, undo?: () => void) =>
    update.mutate(bodies, {
      onSuccess: () => {
        notify(done)
        undo?.()
      },
      onError: error => notify('Not all could be changed', { detail: describeError(error).message, isError: true }),
    })
  const addTag = (tag: string) =>
    change(
      list.filter(experiment => !experiment.tags.includes(tag)).map(({ key, tags }) => ({ key, body: { tags: [...tags, tag] } })),
      `Tagged ${experiments} “${tag}”`,
      selection.clear,
    )
  const archive = () =>
    change(
      list.map(({ key }) => ({ key, body: { is_archived: !isArchived } })),
      `${isArchived ? 'Restored' : 'Archived'} ${experiments}`,
      selection.clear,
    )
  const deleteAll = () =>
    remove.mutate(
      list.map(({ key }) => key),
      {
        onSuccess: () => {
          notify(`Deleted ${experiments}`)
          selection.clear()
        },
        onError: error => notify('Not all could be deleted', { detail: describeError(error).message, isError: true }),
        onSettled: () => setAsking(false),
      },
    )

  return (
    <div className="pointer-events-none absolute inset-x-2 bottom-6 z-30 flex justify-center max-md:bottom-16">
      <div
        role="toolbar"
        aria-label="Selected experiments"
        className="popup pointer-events-auto flex min-w-0 items-center gap-1 rounded-[10px] p-1.5 pl-3 text-sm"
      >
        <span className="num pr-2 font-medium whitespace-nowrap">{formatCount(size)} selected</span>
        <Button
          kind="outline"
          onClick={() =>
            void navigate({
              to: '/$workspace/$project/charts',
              params: { workspace, project },
              search: { runs: list.slice(0, COMPARED).map(({ key }) => key) },
            })
          }
        >
          <ChartLine />
          <span>
            Compare<span className="max-sm:hidden"> in charts</span>
          </span>
        </Button>
        <TagPopover isBusy={update.isPending} onTag={addTag} />
        <Button onClick={archive} disabled={update.isPending}>
          {isArchived ? <ArchiveRestore /> : <Archive />}
          <span className="max-sm:sr-only">{isArchived ? 'Restore' : 'Archive'}</span>
        </Button>
        <Button onClick={() => setAsking(true)}>
          <Trash2 />
          <span className="max-sm:sr-only">Delete</span>
        </Button>
        <IconButton label="Clear selection" onClick={selection.clear}>
          <X />
        </IconButton>
      </div>
      <ConfirmDialog
        title={`Delete ${experiments}?`}
        action={`Delete ${experiments}`}
        isOpen={isAsking}
        isBusy={remove.isPending}
        onConfirm={deleteAll}
        onClose={() => setAsking(false)}
      >
        <p>Metrics, parameters and output go for good. Archiving only hides, and can be undone.</p>
        <ul className="mt-2 grid gap-0.5 font-medium text-fg">
          {list.slice(0, NAMED).map(({ key, name }) => (
            <li key={key}>
              <LongName name={name} />
            </li>
          ))}
          {size > NAMED && <li className="font-normal text-fg3">and {formatCount(size - NAMED)} more</li>}
        </ul>
      </ConfirmDialog>
    </div>
  )
}

function TagPopover({ isBusy, onTag }: { isBusy: boolean; onTag: (tag: string) => void }) {
  const [isOpen, setOpen] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const tag = String(new FormData(event.currentTarget).get('tag') ?? '').trim()
    if (!tag) return
    setOpen(false)
    onTag(tag)
  }
  return (
    <Popover
      label="Add a tag"
      align="center"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="w-64! p-2"
      trigger={
        <Button disabled={isBusy}>
          <Tag />
          <span className="max-sm:sr-only">Tag</span>
        </Button>
      }
    >
      <form onSubmit={submit} className="flex gap-1.5">
        <input
          name="tag"
          aria-label="Tag"
          placeholder="Tag"
          maxLength={1000}
          autoComplete="off"
          className="h-7 min-w-0 flex-1 rounded-[6px] bg-surface px-2 ring-1 ring-line2 ring-inset outline-none focus:ring-accent"
        />
        <Button kind="solid" type="submit">
          Add
        </Button>
      </form>
    </Popover>
  )
}
