import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import { classes } from '@/ui/classes'

interface SelectProps<Key extends string> {
  label: string
  value: Key
  options: readonly { value: Key; label: string }[]
  onChange: (value: Key) => void
  /** No frame, for headings and toolbars. */
  isBare?: boolean
  className?: string
}

/** One of many. Typing jumps to an option. */
export function Select<Key extends string>({ label, value, options, onChange, isBare = false, className }: SelectProps<Key>) {
  return (
    <Base.Root items={options} value={value} onValueChange={next => next !== null && onChange(next as Key)}>
      <Base.Trigger
        aria-label={label}
        className={classes(
          'inline-flex h-7 min-w-0 items-center gap-1.5 rounded-[6px] px-2 text-sm text-fg hover:bg-hover data-[popup-open]:bg-hover',
          !isBare && 'bg-surface shadow-1 ring-1 ring-line2 ring-inset',
          className,
        )}
      >
        <Base.Value className="truncate" />
        <Base.Icon className="ml-auto shrink-0 text-fg3">
          <ChevronsUpDown className="size-3" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} align="start" className="z-50">
          <Base.Popup className="popup fade max-h-[min(60vh,var(--available-height))] max-w-96 min-w-[var(--anchor-width)] overflow-auto p-1 text-sm">
            {options.map(option => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="flex min-h-7 cursor-default items-center gap-2 rounded-[5px] px-2 outline-none data-[highlighted]:bg-hover"
              >
                <span className="w-3.5 shrink-0 text-fg3">
                  <Base.ItemIndicator>
                    <Check className="size-3.5" />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText className="truncate">{option.label}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
