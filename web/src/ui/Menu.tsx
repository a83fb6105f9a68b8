import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '@/ui/classes'

export interface MenuItem {
  label: string
  icon?: ReactNode
  shortcut?: string
  isDanger?: boolean
  isChecked?: boolean
  isDisabled?: boolean
  onSelect: () => void
}

interface MenuProps {
  trigger: ReactElement<Record<string, unknown>>
  /** `'line'` draws a line between groups. */
  items: readonly (MenuItem | 'line')[]
  align?: 'start' | 'center' | 'end'
}

/** Actions behind a button. */
export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup className="popup fade max-h-[min(70vh,var(--available-height))] max-w-80 min-w-44 overflow-auto p-1 text-sm">
            {items.map((item, place) =>
              item === 'line' ? (
                // oxlint-disable-next-line react/no-array-index-key -- lines have no identity
                <Base.Separator key={`line-${place}`} className="my-1 h-px bg-line" />
              ) : (
                <Base.Item
                  key={item.label}
                  onClick={item.onSelect}
                  disabled={item.isDisabled}
                  className={classes(
                    'flex min-h-7 cursor-default items-center gap-2 rounded-[5px] px-2 outline-none data-[disabled]:text-off data-[highlighted]:bg-hover',
                    item.isDanger ? 'text-bad' : 'text-fg',
                  )}
                >
                  <span className={classes('w-3.5 shrink-0 [&_svg]:size-3.5', item.isDanger ? '' : 'text-fg3')}>
                    {item.isChecked ? <Check /> : item.icon}
                  </span>
                  <span className="min-w-0 truncate">{item.label}</span>
                  {item.shortcut && <kbd className="ml-auto pl-4 font-sans text-xs text-fg3">{item.shortcut}</kbd>}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
