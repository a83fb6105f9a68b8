import { AudioLines, Box, ChartColumn, ChartSpline, Code, File, FileText, Film, Grid3x3, Image, Link2, Table2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { type AssetGroup, type AssetSection, titleOf } from '@/features/experiment/assets/group'
import { formatBytes, formatCount } from '@/lib/format'
import { classes } from '@/ui/classes'
import { LongName } from '@/ui/LongName'

const ICONS: Record<string, typeof File> = {
  image: Image,
  figure: ChartSpline,
  plotly: ChartSpline,
  video: Film,
  audio: AudioLines,
  text: FileText,
  html: Code,
  code: Code,
  table: Table2,
  curve: ChartSpline,
  histogram: ChartColumn,
  'confusion-matrix': Grid3x3,
  model: Box,
}

interface AssetListProps {
  sections: readonly AssetSection[]
  chosen: AssetGroup | undefined
  onChoose: (group: AssetGroup) => void
}

/** Names of assets under their kinds; what was logged at several steps is one line. */
export function AssetList({ sections, chosen, onChoose }: AssetListProps) {
  return (
    <div className="min-h-0 flex-1 overflow-auto pb-6" role="region" aria-label="Assets" tabIndex={0}>
      {sections.map(section => (
        <section key={section.kind}>
          <h2 className="sticky top-0 z-10 flex h-8 items-center gap-2 border-b border-line bg-sunken px-4 text-xs font-semibold text-fg2">
            {titleOf(section.kind)}
            <span className="num font-normal text-fg3">{formatCount(section.groups.length)}</span>
            <span className="num ml-auto font-normal text-fg3">{formatBytes(section.sizeBytes)}</span>
          </h2>
          <ul>
            {section.groups.map(group => {
              const isChosen = group.kind === chosen?.kind && group.name === chosen.name
              return (
                <li key={group.name} className="[contain-intrinsic-size:auto_30px] [content-visibility:auto]">
                  <Line group={group} isChosen={isChosen} onChoose={() => onChoose(group)} />
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </div>
  )
}

interface LineProps {
  group: AssetGroup
  isChosen: boolean
  onChoose: () => void
}

function Line({ group, isChosen, onChoose }: LineProps) {
  const line = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isChosen) line.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  const isRemote = group.assets.every(asset => asset.link)
  const Icon = isRemote ? Link2 : (ICONS[group.kind] ?? File)
  const slash = group.name.lastIndexOf('/') + 1
  return (
    <button
      ref={line}
      type="button"
      aria-current={isChosen || undefined}
      title={group.name}
      onClick={onChoose}
      className={classes(
        'flex h-[30px] w-full items-center gap-2 px-4 text-left text-sm outline-offset-[-2px]',
        isChosen ? 'bg-select text-fg' : 'text-fg2 hover:bg-hover hover:text-fg',
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0 text-fg3" />
      <span className="flex min-w-0 flex-1">
        {slash > 0 && <span className="min-w-[3ch] shrink-[1000] truncate text-fg3">{group.name.slice(0, slash)}</span>}
        <LongName name={group.name.slice(slash)} />
      </span>
      {group.assets.length > 1 && <span className="num shrink-0 text-xs text-fg3">×{formatCount(group.assets.length)}</span>}
      <span className="num w-16 shrink-0 text-right text-xs text-fg3">{isRemote ? 'remote' : formatBytes(group.sizeBytes)}</span>
    </button>
  )
}
