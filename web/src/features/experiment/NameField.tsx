import { Pencil } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { IconButton } from '@/ui/Button'

const LIMIT = 1_000

/** The experiment's name as the page's heading, and a way to change it: Enter keeps, Esc drops. */
export function NameField({ name, onRename }: { name: string; onRename: (name: string) => void }) {
  const [draft, setDraft] = useState<string | null>(null)
  const keep = () => {
    const next = draft?.trim()
    if (next && next !== name) onRename(next)
    setDraft(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') keep()
    if (event.key === 'Escape') setDraft(null)
  }
  if (draft !== null) {
    return (
      <h1 className="min-w-0">
        <input
          aria-label="Experiment name"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button just pressed
          autoFocus
          onFocus={event => event.currentTarget.select()}
          value={draft}
          maxLength={LIMIT}
          onChange={event => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={onKeyDown}
          className="h-7 w-[min(60ch,70vw)] rounded-[6px] bg-surface px-1.5 text-xl font-semibold tracking-[-.018em] ring-1 ring-accent outline-none ring-inset"
        />
      </h1>
    )
  }
  return (
    <span className="group flex min-w-0 items-center gap-1">
      <h1 title={name} className="truncate text-xl font-semibold tracking-[-.018em]">
        {name}
      </h1>
      <IconButton
        label="Rename"
        isSmall
        onClick={() => setDraft(name)}
        className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:opacity-100"
      >
        <Pencil />
      </IconButton>
    </span>
  )
}
