import { useEffect } from 'react'

/** Names the browser's tab: what is specific first. */
export function useTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), 'Halley'].join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
