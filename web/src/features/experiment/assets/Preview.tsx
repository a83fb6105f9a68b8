import { CloudUpload, ExternalLink, FileQuestion, ImageOff } from 'lucide-react'
import { useMemo, useState } from 'react'
import { contentAddress, useAssetText } from '@/api/assets'
import { describeError } from '@/api/errors'
import type { Asset } from '@/api/types'
import { readConfusion } from '@/features/experiment/assets/confusion'
import { ConfusionView } from '@/features/experiment/assets/ConfusionView'
import { lookOf, prettyJson, readTable } from '@/features/experiment/assets/group'
import { readCurve, readHistogram } from '@/features/experiment/assets/plot'
import { PlotView } from '@/features/experiment/assets/PlotView'
import { formatBytes, formatCount } from '@/lib/format'
import { buttonClass } from '@/ui/Button'
import { classes } from '@/ui/classes'
import { CopyButton } from '@/ui/CopyButton'
import { EmptyState, ErrorState, Spinner } from '@/ui/Feedback'

const TEXT_LIMIT = 512 * 1024 // more would make the page slow; it can be downloaded

/** The content of an asset, as well as it can be shown. */
export function Preview({ experimentKey, asset }: { experimentKey: string; asset: Asset }) {
  if (asset.link) return <Remote link={asset.link} />
  if (!asset.digest)
    return (
      <EmptyState icon={<CloudUpload />} title="On its way" className="min-h-0 flex-1">
        The machine that logged it is still sending its {formatBytes(asset.size_bytes)}. It appears here by itself.
      </EmptyState>
    )
  const address = contentAddress(experimentKey, asset.id)
  switch (lookOf(asset)) {
    case 'image':
      return <Picture key={asset.id} address={address} name={asset.name} />
    case 'video':
      return (
        <Stage>
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what a training logs has none */}
          <video key={asset.id} src={address} controls loop className="max-h-full max-w-full" />
        </Stage>
      )
    case 'audio':
      return (
        <Stage>
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what a training logs has none */}
          <audio key={asset.id} src={address} controls className="w-full max-w-xl" />
        </Stage>
      )
    case 'html':
      return <iframe key={asset.id} title={asset.name} src={address} sandbox="allow-scripts" className="min-h-0 w-full flex-1 bg-white" />
    case 'curve':
    case 'histogram':
      return <Plot experimentKey={experimentKey} asset={asset} />
    case 'confusion-matrix':
      return <Confusion key={asset.id} experimentKey={experimentKey} asset={asset} />
    case 'table':
      return <Table experimentKey={experimentKey} asset={asset} />
    case 'text':
    case 'json':
      return <Text experimentKey={experimentKey} asset={asset} isJson={lookOf(asset) === 'json'} />
    default:
      return (
        <EmptyState icon={<FileQuestion />} title="No preview" className="min-h-0 flex-1">
          Files of this type cannot be shown here. Download it to open it.
        </EmptyState>
      )
  }
}

function Stage({ children }: { children: React.ReactNode }) {
  return <div className="flex min-h-0 flex-1 items-center justify-center overflow-auto bg-sunken p-4">{children}</div>
}

function Picture({ address, name }: { address: string; name: string }) {
  const [isBroken, setBroken] = useState(false)
  const [size, setSize] = useState<string>()
  const [isSmall, setSmall] = useState(false)
  if (isBroken)
    return (
      <EmptyState icon={<ImageOff />} title="Not an image" className="min-h-0 flex-1">
        The browser cannot show it. Download it to look at its bytes.
      </EmptyState>
    )
  return (
    <div className="relative flex min-h-0 flex-1 items-center justify-center overflow-hidden bg-sunken p-4">
      <img
        src={address}
        alt={name}
        onError={() => setBroken(true)}
        onLoad={event => {
          const { naturalWidth: width, naturalHeight: height } = event.currentTarget
          setSize(`${width} × ${height}`)
          setSmall(Math.max(width, height) <= 128)
        }}
        // Small pictures, such as digits, are blown up pixel by pixel.
        className={isSmall ? 'h-full max-h-[512px] w-full object-contain [image-rendering:pixelated]' : 'max-h-full max-w-full object-contain'}
      />
      {size && <span className="num absolute right-3 bottom-2 rounded bg-surface/80 px-1.5 py-0.5 text-2xs text-fg2">{size}</span>}
    </div>
  )
}

function Text({ experimentKey, asset, isJson }: { experimentKey: string; asset: Asset; isJson: boolean }) {
  const { data, error, refetch } = useAssetText(experimentKey, asset.id, TEXT_LIMIT, true)
  if (error) return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="min-h-0 flex-1" />
  if (data === undefined)
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center">
        <Spinner />
      </div>
    )
  const text = isJson ? prettyJson(data) : data
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <CopyButton text={text} label="Copy text" className="absolute top-2 right-4 z-10" />
      <pre
        role="region"
        aria-label="Content"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto px-4 py-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
      >
        {text || <span className="text-fg3">It is empty.</span>}
      </pre>
      {asset.size_bytes > TEXT_LIMIT && (
        <p className="shrink-0 border-t border-line bg-warn-soft px-4 py-1.5 text-xs text-warn">
          The first {formatBytes(TEXT_LIMIT)} of {formatBytes(asset.size_bytes)}. Download it to read on.
        </p>
      )}
    </div>
  )
}

const PLOT_LIMIT = 16 * 1024 * 1024

function Plot({ experimentKey, asset }: { experimentKey: string; asset: Asset }) {
  const { data, error, refetch } = useAssetText(experimentKey, asset.id, PLOT_LIMIT, true)
  const plot = useMemo(() => (data === undefined ? undefined : asset.kind === 'curve' ? readCurve(data) : readHistogram(data)), [data, asset.kind])
  if (error) return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="min-h-0 flex-1" />
  if (plot === undefined)
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center">
        <Spinner />
      </div>
    )
  if (plot === null)
    return (
      <EmptyState icon={<FileQuestion />} title="Nothing to draw" className="min-h-0 flex-1">
        It has no finite numbers. Download it to look at what it holds.
      </EmptyState>
    )
  return <PlotView plot={plot} label={asset.name} />
}

function Confusion({ experimentKey, asset }: { experimentKey: string; asset: Asset }) {
  const { data, error, refetch } = useAssetText(experimentKey, asset.id, PLOT_LIMIT, true)
  const matrix = useMemo(() => (data === undefined ? undefined : readConfusion(data)), [data])
  if (error) return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="min-h-0 flex-1" />
  if (matrix === undefined)
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center">
        <Spinner />
      </div>
    )
  if (matrix === null)
    return (
      <EmptyState icon={<FileQuestion />} title="Nothing to show" className="min-h-0 flex-1">
        It holds no counts. Download it to look at what it holds.
      </EmptyState>
    )
  return <ConfusionView experimentKey={experimentKey} matrix={matrix} />
}

const ROWS_LIMIT = 1_000

function Table({ experimentKey, asset }: { experimentKey: string; asset: Asset }) {
  const { data, error, refetch } = useAssetText(experimentKey, asset.id, TEXT_LIMIT, true)
  const rows = useMemo(() => readTable(data ?? '', ROWS_LIMIT + 2), [data])
  if (error) return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="min-h-0 flex-1" />
  if (data === undefined)
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center">
        <Spinner />
      </div>
    )
  const isCut = rows.length > ROWS_LIMIT + 1 || asset.size_bytes > TEXT_LIMIT
  const [head = [], ...body] = rows.slice(0, ROWS_LIMIT + 1)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="min-h-0 flex-1 overflow-auto" role="region" aria-label="Content" tabIndex={0}>
        <table className="num border-separate border-spacing-0 text-xs">
          <thead>
            <tr>
              {head.map((cell, place) => (
                // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity
                <th key={place} className="sticky top-0 border-r border-b border-line bg-sunken px-3 py-1.5 text-left font-semibold">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row, line) => (
              // oxlint-disable-next-line react/no-array-index-key -- rows have no other identity
              <tr key={line} className="hover:bg-hover">
                {row.map((cell, place) => (
                  <td
                    // oxlint-disable-next-line react/no-array-index-key -- cells have no other identity
                    key={place}
                    title={cell}
                    className={classes(
                      'max-w-[40ch] truncate border-r border-b border-line px-3 py-1',
                      cell !== '' && !Number.isNaN(Number(cell)) && 'text-right',
                    )}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isCut && (
        <p className="shrink-0 border-t border-line bg-warn-soft px-4 py-1.5 text-xs text-warn">
          The first {formatCount(body.length)} rows. Download it for all.
        </p>
      )}
    </div>
  )
}

function Remote({ link }: { link: string }) {
  const isPage = /^https?:\/\//.test(link)
  return (
    <EmptyState
      icon={<ExternalLink />}
      title="Kept elsewhere"
      className="min-h-0 flex-1"
      action={
        isPage && (
          <a href={link} target="_blank" rel="noreferrer noopener" className={buttonClass('outline')}>
            <ExternalLink /> Open
          </a>
        )
      }
    >
      <span className="flex items-center justify-center gap-1">
        <span className="font-mono text-xs break-all">{link}</span>
        <CopyButton text={link} label="Copy address" />
      </span>
    </EmptyState>
  )
}
