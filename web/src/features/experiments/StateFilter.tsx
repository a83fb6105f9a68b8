import { ListFilter, X } from 'lucide-react'
import { STATES, type StateName } from '@/features/experiments/view'
import { Button } from '@/ui/Button'
import { Checkbox } from '@/ui/Checkbox'
import { Popover } from '@/ui/Popover'
import { StateDot, stateWord } from '@/ui/StateBadge'

/** Which states are shown; none chosen means all. */
export function StateFilter({ states, onChange }: { states: readonly StateName[]; onChange: (states: StateName[]) => void }) {
  const toggle = (state: StateName) => onChange(STATES.filter(each => states.includes(each) !== (each === state)))
  return (
    <>
      {states.length > 0 && (
        <span className="inline-flex h-6 items-center overflow-hidden rounded-md bg-accent-soft text-xs text-accent">
          <span className="px-2">
            state <b className="font-medium">in {states.join(', ')}</b>
          </span>
          <button
            type="button"
            aria-label="Remove state filter"
            onClick={() => onChange([])}
            className="flex h-full w-5 items-center justify-center hover:bg-active"
          >
            <X className="size-3" />
          </button>
        </span>
      )}
      <Popover
        label="States"
        align="start"
        className="w-40! p-1"
        trigger={
          <Button aria-label="State filter">
            <ListFilter /> State
          </Button>
        }
      >
        {STATES.map(state => (
          <label key={state} className="flex h-7 items-center gap-2.5 rounded-[5px] px-2 hover:bg-hover">
            <Checkbox label={stateWord(state)} isChecked={states.includes(state)} onChange={() => toggle(state)} />
            <span aria-hidden className="flex items-center gap-2">
              <StateDot state={state} /> {stateWord(state)}
            </span>
          </label>
        ))}
      </Popover>
    </>
  )
}
