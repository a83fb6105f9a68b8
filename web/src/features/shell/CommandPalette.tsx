import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { useDeferredValue, useEffect, useId, useState, type KeyboardEvent } from 'react'
import { useCommands, type Command } from '@/features/shell/commands'
import { classes } from '@/ui/classes'
import { Spinner } from '@/ui/Feedback'

/** Jump anywhere by typing: pages, projects, experiments, theme. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={next => next || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(12_13_16/.35)]" />
        <Dialog.Popup
          aria-label="Search or jump to"
          className="popup fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[560px] max-w-[calc(100vw-24px)] -translate-x-1/2 flex-col overflow-hidden rounded-xl"
        >
          <Palette onDone={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Palette({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('')
  const { commands, isSearching } = useCommands(useDeferredValue(text))
  const [active, setActive] = useState(0)
  const id = useId()
  useEffect(() => {
    // Its answer must not reach React: newer browsers give a promise.
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, id])

  const run = (command: Command | undefined) => {
    if (!command) return
    command.run()
    onDone()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && commands.length > 0) {
      event.preventDefault()
      setActive((active + step + commands.length) % commands.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(commands[active])
    }
  }

  return (
    <>
      <label className="flex h-12 shrink-0 items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden className="size-4 text-fg3" />
        <input
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was opened in order to type
          autoFocus
          role="combobox"
          aria-label="Search or jump to"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${active}` : undefined}
          placeholder="Page, project or experiment"
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={event => {
            setText(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
          className="w-full bg-transparent text-lg outline-none placeholder:text-fg3"
        />
        {isSearching && <Spinner label="Searching" />}
      </label>
      <div id={`${id}-list`} role="listbox" aria-label="Results" className="min-h-0 overflow-auto p-1.5">
        {commands.map((command, place) => (
          <div key={command.key} role="presentation">
            {command.group !== commands[place - 1]?.group && (
              <div role="presentation" className="px-2.5 pt-2 pb-1 text-xs font-medium text-fg3">
                {command.group}
              </div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field above has the focus and the keys */}
            <div
              id={`${id}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === active}
              onMouseMove={() => setActive(place)}
              onClick={() => run(command)}
              className={classes(
                'flex h-8 items-center gap-2.5 rounded-md px-2.5 [&_svg]:size-[15px] [&_svg]:shrink-0 [&_svg]:text-fg3',
                place === active && 'bg-hover',
              )}
            >
              {command.icon}
              <span className="min-w-0 truncate">{command.label}</span>
              {command.detail && <span className="ml-auto max-w-48 shrink-0 truncate text-xs text-fg3">{command.detail}</span>}
            </div>
          </div>
        ))}
      </div>
      {commands.length === 0 && !isSearching && <p className="px-4 pb-6 pt-4 text-center text-sm text-fg2">Nothing is called “{text}”.</p>}
    </>
  )
}
