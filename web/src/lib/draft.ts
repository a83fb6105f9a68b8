import { useEffect, useRef, useState } from 'react'

const REST_MS = 150

/** A value that answers at once while it is dragged; what keeps it, such as the URL, hears of it once it rests. */
export function useDraft<Value>(kept: Value, keep: (value: Value) => void): [Value, (value: Value) => void] {
  const [draft, setDraft] = useState<{ value: Value; over: Value } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(keep)
  useEffect(() => {
    latest.current = keep
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  const isOver = draft !== null && !Object.is(draft.over, kept)
  if (isOver) setDraft(null)
  const change = (value: Value) => {
    setDraft({ value, over: kept })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => latest.current(value), REST_MS)
  }
  return [draft && !isOver ? draft.value : kept, change]
}
