import { getRouteApi } from '@tanstack/react-router'
import { FolderOpen, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { ASSETS_LIMIT, useAssets } from '@/api/assets'
import { describeError } from '@/api/errors'
import { useExperiment } from '@/api/experiments'
import { AssetList } from '@/features/experiment/assets/AssetList'
import { AssetView } from '@/features/experiment/assets/AssetView'
import { type AssetGroup, findAsset, groupAssets } from '@/features/experiment/assets/group'
import type { AssetsView } from '@/features/experiment/view'
import { formatCount } from '@/lib/format'
import { useShortcut } from '@/lib/keyboard'
import { Button } from '@/ui/Button'
import { CodeBlock } from '@/ui/CodeBlock'
import { EmptyState, ErrorState, Skeleton } from '@/ui/Feedback'
import { SearchField } from '@/ui/SearchField'

const route = getRouteApi('/$workspace/$project/experiments/$key/assets')

const HOW_TO = `experiment.log_image(array, name="sample", step=step)
experiment.log_text("what the model wrote", step=step)
experiment.log_asset("model.pt")`

/** Everything the experiment logged as files: a list by kind, and the one that is chosen. */
export function AssetsTab() {
  const { key } = route.useParams()
  const view = route.useSearch()
  const navigate = route.useNavigate()
  const experiment = useExperiment(key).data?.experiment
  const { data, error, refetch } = useAssets(key, view.q ?? '')
  const sections = useMemo(() => groupAssets(data?.assets ?? []), [data])
  const chosen = findAsset(sections, view.asset)
  const groups = useMemo(() => sections.flatMap(section => section.groups), [sections])

  const onView = (change: { [Name in keyof AssetsView]?: AssetsView[Name] | undefined }) =>
    void navigate({
      search: before => Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== '')),
      replace: true,
      resetScroll: false,
    })
  const onChoose = (group: AssetGroup) => {
    const step = chosen?.group.assets[chosen.place]?.step
    const same = group.assets.find(asset => asset.step === step) // so that two pictures of one step are compared
    onView({ asset: (same ?? group.assets.at(-1))?.id })
  }
  const move = (by: number) => {
    const next = groups[Math.max(0, Math.min(groups.length - 1, groups.findIndex(group => group === chosen?.group) + by))]
    if (next) onChoose(next)
  }
  useShortcut('j', () => move(1))
  useShortcut('k', () => move(-1))

  if (error && !data) return <ErrorState {...describeError(error)} onRetry={() => void refetch()} className="flex-1" />
  if (!data) return <Waiting />
  if (data.total === 0 && !view.q)
    return (
      <EmptyState
        icon={<FolderOpen />}
        title={experiment?.state === 'running' ? 'No assets yet' : 'It logged no assets'}
        className="flex-1"
        action={<CodeBlock code={HOW_TO} label="example" />}
      >
        Images, text, audio, video, HTML, models and files of any kind appear here.
      </EmptyState>
    )
  return (
    <div className="flex min-h-0 flex-1 max-md:flex-col">
      <div className="flex w-[340px] shrink-0 flex-col border-r border-line max-lg:w-[280px] max-md:h-2/5 max-md:w-full max-md:border-r-0 max-md:border-b">
        <div className="shrink-0 border-b border-line px-4 py-2">
          <SearchField label="Find asset" value={view.q ?? ''} onChange={q => onView({ q: q || undefined })} isPageSearch />
          {data.total > ASSETS_LIMIT && (
            <p className="mt-1.5 text-xs text-fg3">
              The first {formatCount(ASSETS_LIMIT)} of {formatCount(data.total)}. Search for others by name.
            </p>
          )}
        </div>
        {sections.length === 0 ? (
          <EmptyState
            icon={<SearchX />}
            title="Nothing is called that"
            action={
              <Button kind="outline" onClick={() => onView({ q: undefined })}>
                Show all
              </Button>
            }
          >
            No name holds “{view.q}”.
          </EmptyState>
        ) : (
          <AssetList sections={sections} chosen={chosen?.group} onChoose={onChoose} />
        )}
      </div>
      {chosen && (
        <AssetView
          experimentKey={key}
          group={chosen.group}
          place={chosen.place}
          onPlace={place => onView({ asset: chosen.group.assets[place]?.id })}
        />
      )}
    </div>
  )
}

function Waiting() {
  return (
    <div aria-busy className="flex min-h-0 flex-1">
      <div className="grid w-[340px] content-start gap-3 border-r border-line p-4">
        {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map(width => (
          <Skeleton key={width} className={`h-4 ${width}`} />
        ))}
      </div>
      <div className="flex-1 p-4">
        <Skeleton className="h-full w-full" />
      </div>
    </div>
  )
}
