import { HEADER_HEIGHT, ROW_HEIGHT } from '@/features/experiments/layout'
import { Skeleton } from '@/ui/Feedback'

/** The table before its columns are known. */
export function WaitingTable() {
  return (
    <div aria-busy className="min-h-0 flex-1 overflow-hidden">
      <div className="border-b border-line bg-sunken" style={{ height: HEADER_HEIGHT }} />
      {Array.from({ length: 40 }, (_, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- they have no identity
        <div key={place} className="flex items-center gap-24 border-b border-line pl-9" style={{ height: ROW_HEIGHT }}>
          <Skeleton className="h-3 w-32" />
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-3 w-20" />
        </div>
      ))}
    </div>
  )
}
