import { Search, X } from 'lucide-react'
import { useRef, type ComponentProps, type RefObject } from 'react'
import { classes } from '@/ui/classes'
import { useShortcut } from '@/lib/keyboard'

interface SearchFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'ref'> {
  label: string
  value: string
  onChange: (text: string) => void
  /** `/` puts the cursor here. One a page. */
  isPageSearch?: boolean
  inputRef?: RefObject<HTMLInputElement | null>
}

/** Narrows down what is shown. Esc empties it, then leaves it. */
export function SearchField({ label, value, onChange, isPageSearch = false, inputRef, className, ...rest }: SearchFieldProps) {
  const own = useRef<HTMLInputElement>(null)
  const input = inputRef ?? own
  useShortcut('/', () => input.current?.select(), { isOff: !isPageSearch })
  return (
    <label
      className={classes(
        'flex h-7 min-w-0 items-center gap-2 rounded-[6px] bg-surface px-2 ring-1 ring-line ring-inset focus-within:ring-accent hover:ring-line2 focus-within:hover:ring-accent',
        className,
      )}
    >
      <Search aria-hidden className="size-3.5 shrink-0 text-fg3" />
      <input
        placeholder={label}
        {...rest}
        ref={input}
        type="search"
        aria-label={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          rest.onKeyDown?.(event)
          if (event.key !== 'Escape' || event.defaultPrevented) return
          if (value) onChange('')
          else event.currentTarget.blur()
        }}
        className="w-full min-w-0 bg-transparent text-sm outline-none placeholder:text-fg3"
      />
      {value ? (
        <button
          type="button"
          aria-label={`Clear ${label}`}
          onClick={() => onChange('')}
          className="-mr-1 rounded p-0.5 text-fg3 hover:text-fg"
        >
          <X className="size-3" />
        </button>
      ) : (
        isPageSearch && <kbd className="font-sans text-2xs text-fg3">/</kbd>
      )}
    </label>
  )
}
