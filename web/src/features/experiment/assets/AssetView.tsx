import { ChevronLeft, ChevronRight, Download, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { contentAddress, useDeleteAssets } from '@/api/assets'
import { describeError } from '@/api/errors'
import type { Asset } from '@/api/types'
import type { AssetGroup } from '@/features/experiment/assets/group'
import { Preview } from '@/features/experiment/assets/Preview'
import { formatBytes, formatCount, formatTime } from '@/lib/format'
import { useShortcut } from '@/lib/keyboard'
import { Button, buttonClass, IconButton } from '@/ui/Button'
import { ConfirmDialog } from '@/ui/ConfirmDialog'
import { CopyButton } from '@/ui/CopyButton'
import { Slider } from '@/ui/Slider'
import { notify } from '@/ui/Toast'

interface AssetViewProps {
  experimentKey: string
  group: AssetGroup
  place: number
  onPlace: (place: number) => void
}

/** One asset: what it is, a slider over its steps, and its content. */
export function AssetView({ experimentKey, group, place, onPlace }: AssetViewProps) {
  const asset = group.assets[place]
  const last = group.assets.length - 1
  const move = (by: number) => onPlace(Math.max(0, Math.min(last, place + by)))
  useShortcut('ArrowLeft', () => move(-1), { isOff: last === 0 })
  useShortcut('ArrowRight', () => move(1), { isOff: last === 0 })
  if (!asset) return null
  return (
    <section aria-label={group.name} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <Heading experimentKey={experimentKey} asset={asset} />
      {last > 0 && (
        <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-4 text-xs text-fg2">
          <IconButton label="Earlier" shortcut="←" isSmall disabled={place === 0} onClick={() => move(-1)}>
            <ChevronLeft />
          </IconButton>
          <Slider label="Step" value={place} min={0} max={last} step={1} onChange={onPlace} className="min-w-24 flex-1" />
          <IconButton label="Later" shortcut="→" isSmall disabled={place === last} onClick={() => move(1)}>
            <ChevronRight />
          </IconButton>
          <span className="num min-w-40 shrink-0 text-right">
            {asset.step === null ? 'no step' : `step ${formatCount(asset.step)}`}
            <span className="text-fg3">
              {' '}
              · {formatCount(place + 1)} of {formatCount(last + 1)}
            </span>
          </span>
        </div>
      )}
      <Preview experimentKey={experimentKey} asset={asset} />
      <Facts asset={asset} />
    </section>
  )
}

function Heading({ experimentKey, asset }: { experimentKey: string; asset: Asset }) {
  const [isAsking, setAsking] = useState(false)
  const remove = useDeleteAssets(experimentKey)
  const onDelete = () =>
    remove.mutate([asset.id], {
      onSuccess: () => notify('Deleted'),
      onError: error => notify('Not deleted', { detail: describeError(error).message, isError: true }),
      onSettled: () => setAsking(false),
    })
  return (
    <header className="flex min-h-11 shrink-0 items-center gap-2 border-b border-line px-4 py-1.5">
      <h2 title={asset.name} className="min-w-0 truncate text-sm font-semibold">
        {asset.name}
      </h2>
      <CopyButton text={asset.name} label="Copy name" />
      <span className="ml-auto flex shrink-0 items-center gap-1">
        {asset.digest && (
          <a href={contentAddress(experimentKey, asset.id, true)} download className={buttonClass('outline')}>
            <Download /> Download
          </a>
        )}
        <IconButton label="Delete" onClick={() => setAsking(true)}>
          <Trash2 />
        </IconButton>
      </span>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Delete this asset?"
        action="Delete"
        isBusy={remove.isPending}
        onConfirm={onDelete}
      >
        {asset.name}
        {asset.step !== null && ` of step ${formatCount(asset.step)}`} is deleted for good.
      </ConfirmDialog>
    </header>
  )
}

function Facts({ asset }: { asset: Asset }) {
  const [isOpen, setOpen] = useState(false)
  const metadata = Object.entries(asset.metadata)
  const facts = [
    asset.kind,
    asset.media_type,
    !asset.link && formatBytes(asset.size_bytes),
    asset.step !== null && `step ${formatCount(asset.step)}`,
    asset.epoch !== null && `epoch ${asset.epoch}`,
    asset.context,
    `logged ${formatTime(asset.logged_at)}`,
  ].filter(Boolean)
  return (
    <footer className="max-h-[40%] shrink-0 overflow-auto border-t border-line px-4 py-2 text-xs text-fg2">
      <p className="num flex flex-wrap items-center gap-x-2 gap-y-1">
        {facts.map((fact, at) => (
          <span key={String(fact)}>
            {at > 0 && <span className="mr-2 text-fg3">·</span>}
            {fact}
          </span>
        ))}
        {asset.digest && (
          <span className="flex items-center gap-1 text-fg3" title={`SHA-256 ${asset.digest}`}>
            <span className="font-mono">{asset.digest.slice(0, 12)}</span>
            <CopyButton text={asset.digest} label="Copy SHA-256" className="-my-1" />
          </span>
        )}
        {metadata.length > 0 && (
          <Button isSmall aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="-my-1 ml-auto">
            {isOpen ? 'Hide' : 'Show'} metadata ({formatCount(metadata.length)})
          </Button>
        )}
      </p>
      {isOpen && (
        <dl className="mt-2 grid grid-cols-[minmax(80px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
          {metadata.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="font-mono text-fg3">{name}</dt>
              <dd className="font-mono break-words whitespace-pre-wrap">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </footer>
  )
}
