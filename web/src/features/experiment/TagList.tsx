import { Plus, X } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'

const SHOWN = 8

/** The experiment's tags: add and take away. */
export function TagList({ tags, onChange }: { tags: readonly string[]; onChange: (tags: string[]) => void }) {
  const [draft, setDraft] = useState<string | null>(null)
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? tags : tags.slice(0, SHOWN)
  const add = () => {
    const tag = draft?.trim()
    if (tag && !tags.includes(tag)) onChange([...tags, tag])
    setDraft(null)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') add()
    if (event.key === 'Escape') setDraft(null)
  }
  return (
    <ul aria-label="Tags" className="flex min-w-0 flex-wrap items-center gap-1">
      {shown.map(tag => (
        <li key={tag} className="group flex h-[18px] max-w-48 items-center rounded-[4px] bg-mute-soft pl-1.5 text-2xs font-medium text-fg2">
          <span title={tag} className="truncate">
            {tag}
          </span>
          <button
            type="button"
            aria-label={`Remove tag ${tag}`}
            onClick={() => onChange(tags.filter(each => each !== tag))}
            className="flex h-full items-center rounded-r-[4px] px-1 text-fg3 hover:text-fg"
          >
            <X aria-hidden className="size-2.5" />
          </button>
        </li>
      ))}
      {tags.length > shown.length && (
        <li>
          <button
            type="button"
            onClick={() => setWhole(true)}
            className="h-[18px] rounded-[4px] px-1 text-2xs font-medium text-fg2 hover:bg-hover hover:text-fg"
          >
            {tags.length - shown.length} more
          </button>
        </li>
      )}
      <li>
        {draft === null ? (
          <button
            type="button"
            onClick={() => setDraft('')}
            className="flex h-[18px] items-center gap-0.5 rounded-[4px] px-1 text-2xs font-medium text-fg3 hover:bg-hover hover:text-fg"
          >
            <Plus aria-hidden className="size-3" /> tag
          </button>
        ) : (
          <input
            aria-label="New tag"
            placeholder="tag"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- it takes the place of the button just pressed
            autoFocus
            value={draft}
            maxLength={1_000}
            onChange={event => setDraft(event.target.value)}
            onBlur={add}
            onKeyDown={onKeyDown}
            className="h-[18px] w-28 rounded-[4px] bg-surface px-1.5 text-2xs ring-1 ring-accent outline-none ring-inset"
          />
        )}
      </li>
    </ul>
  )
}
