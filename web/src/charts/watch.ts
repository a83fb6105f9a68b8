import { useEffect, useRef, useState, type RefObject } from 'react'

/** Whether an element is in sight, or nearly. What is not is neither drawn nor fetched. */
export function useSight(): { ref: RefObject<HTMLDivElement | null>; isVisible: boolean } {
  const ref = useRef<HTMLDivElement>(null)
  const [isVisible, setVisible] = useState(false)
  useEffect(() => {
    if (!ref.current) return
    const sights = new IntersectionObserver(entries => setVisible(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '200px' })
    sights.observe(ref.current)
    return () => sights.disconnect()
  }, [])
  return { ref, isVisible }
}

/** How large an element is inside, in px; 0 until known. */
export function useSize(): { ref: RefObject<HTMLDivElement | null>; width: number; height: number } {
  const ref = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const sizes = new ResizeObserver(() => setSize({ width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) }))
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])
  return { ref, ...size }
}
