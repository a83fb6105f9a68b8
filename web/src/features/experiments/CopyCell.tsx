import { CopyButton } from '@/ui/CopyButton'

/** The cell under the pointer, and its value in full. */
export interface CellInSight {
  text: string
  box: HTMLElement
  scroller: HTMLElement
}

/** A button at the end of the cell under the pointer that copies its value. One for the whole table. */
export function CopyCell({ cell: { text, box, scroller } }: { cell: CellInSight }) {
  const cell = box.getBoundingClientRect()
  const row = (box.parentElement ?? box).getBoundingClientRect()
  const frame = scroller.getBoundingClientRect()
  const right = Math.min(cell.right, frame.right)
  if (right - cell.left < 48 || right - cell.left < cell.width / 2) return null
  const isRightAligned = getComputedStyle(box).textAlign === 'right'
  return (
    <div
      data-copy
      onWheel={event => scroller.scrollBy(event.deltaX, event.deltaY)} // it lies over the table, which must scroll all the same
      className="absolute z-20 transition-opacity delay-300 duration-100 starting:opacity-0"
      style={{ top: row.top - frame.top + 4, left: isRightAligned ? cell.left - frame.left + 2 : right - frame.left - 26 }}
    >
      <span title={text} className="block rounded-md bg-raised shadow-1 ring-1 ring-line2">
        <CopyButton key={text} text={text} label="Copy value" />
      </span>
    </div>
  )
}
