import { getRouteApi } from '@tanstack/react-router'
import { SquareTerminal } from 'lucide-react'
import { useRef, useState } from 'react'
import { describeError } from '@/api/errors'
import { useExperiment } from '@/api/experiments'
import type { ExperimentDetail } from '@/api/types'
import { useLineCount } from '@/features/experiment/output/lines'
import { LogToolbar } from '@/features/experiment/output/LogToolbar'
import { LogView } from '@/features/experiment/output/LogView'
import { PickedLines } from '@/features/experiment/output/PickedLines'
import { LINE_HEIGHT } from '@/features/experiment/output/scroll'
import { useLogScroll } from '@/features/experiment/output/use-scroll'
import { useLogSearch } from '@/features/experiment/output/use-search'
import { decodeRange, encodeRange, type OutputView } from '@/features/experiment/view'
import { useShortcut } from '@/lib/keyboard'
import { EmptyState, ErrorState, Skeleton } from '@/ui/Feedback'

const route = getRouteApi('/$workspace/$project/experiments/$key/output')

/** What the experiment wrote to stdout and stderr. */
export function OutputTab() {
  const { key } = route.useParams()
  const { data } = useExperiment(key)
  const view = route.useSearch()
  const stream = view.stream && (view.stream === 'stdout' ? 1 : 2)
  const count = useLineCount(key, stream)
  if (!data) return null
  if (count.error && count.data === undefined)
    return <ErrorState {...describeError(count.error)} onRetry={() => void count.refetch()} className="flex-1" />
  if (count.data === undefined) return <Waiting />
  // Another stream is another log: it opens anew.
  return <Log key={`${key} ${stream}`} detail={data} counted={count.data} />
}

function Waiting() {
  return (
    <div aria-busy className="grid gap-2.5 p-4">
      {['w-3/5', 'w-2/5', 'w-1/2', 'w-3/5', 'w-1/3'].map((width, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- they have no identity
        <Skeleton key={place} className={`h-3 ${width}`} />
      ))}
    </div>
  )
}

function Log({ detail: { experiment }, counted }: { detail: ExperimentDetail; counted: number }) {
  const view = route.useSearch()
  const navigate = route.useNavigate()
  const stream = view.stream && (view.stream === 'stdout' ? 1 : 2)
  const picked = decodeRange(view.lines)
  const isLive = experiment.state === 'running' || experiment.state === 'lost'
  const scroller = useRef<HTMLDivElement>(null)
  const [tail, setTail] = useState<number>()
  const [isJumpOpen, setJumpOpen] = useState(false)
  const [pickedFrom, setPickedFrom] = useState(picked ? picked.first - 1 : -1)
  const total = tail ?? counted
  const scroll = useLogScroll({
    scroller,
    total,
    isLive,
    opensAt: picked ? picked.first - 1 : experiment.state === 'finished' ? 'start' : 'end',
  })
  const search = useLogSearch({ experimentKey: experiment.key, stream, text: view.q ?? '', isLive, goTo: scroll.goTo })

  const onView = (change: { [Key in keyof OutputView]?: OutputView[Key] | undefined }) =>
    void navigate({
      search: before =>
        Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined && value !== '')),
      replace: true,
      resetScroll: false,
    })
  const onStep = (isBackwards: boolean) => search.step(isBackwards, Math.ceil(scroll.position / LINE_HEIGHT))
  const onPick = (place: number, isRange: boolean) => {
    const from = isRange && pickedFrom >= 0 ? pickedFrom : place
    setPickedFrom(from)
    const next = encodeRange({ first: Math.min(from, place) + 1, last: Math.max(from, place) + 1 })
    onView({ lines: next === view.lines ? undefined : next })
  }
  const onJump = (line: number) => {
    scroll.goTo(line)
    setPickedFrom(line)
    onView({ lines: encodeRange({ first: line + 1, last: line + 1 }) })
  }
  useShortcut('n', event => onStep(event.shiftKey), { isOff: !view.q })
  useShortcut('f', () => scroll.setFollowing(!scroll.isFollowing), { isOff: !isLive })
  useShortcut('w', () => onView({ wrap: view.wrap ? undefined : true }))
  useShortcut('g', () => setJumpOpen(true))
  useShortcut('Escape', () => onView({ lines: undefined }), { isOff: !picked })

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <LogToolbar
        experimentKey={experiment.key}
        name={experiment.name}
        total={total}
        view={view}
        onView={onView}
        search={search}
        onStep={onStep}
        isLive={isLive}
        isFollowing={scroll.isFollowing}
        onFollow={scroll.setFollowing}
        onGoTo={scroll.goTo}
        onJump={onJump}
        isJumpOpen={isJumpOpen}
        onJumpOpen={setJumpOpen}
      />
      {total === 0 ? (
        <EmptyState
          icon={<SquareTerminal />}
          title={view.stream ? `Nothing on ${view.stream}` : isLive ? 'No output yet' : 'It wrote no output'}
          className="flex-1"
        >
          {!view.stream && 'What the program prints, and what its libraries and subprocesses print, appears here line by line.'}
        </EmptyState>
      ) : (
        <LogView
          experimentKey={experiment.key}
          stream={stream}
          total={total}
          onTail={setTail}
          scroller={scroller}
          scroll={scroll}
          timeStyle={view.time ?? 'local'}
          startedAt={experiment.started_at}
          query={search.query}
          current={search.current}
          picked={picked}
          onPick={onPick}
          isWrapped={view.wrap ?? false}
        />
      )}
      {picked && (
        <PickedLines experimentKey={experiment.key} stream={stream} picked={picked} onClear={() => onView({ lines: undefined })} />
      )}
    </div>
  )
}
