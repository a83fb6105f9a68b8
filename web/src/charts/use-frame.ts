import { useEffect, useRef, useState, type RefObject } from 'react'

interface Frame {
  ref: RefObject<HTMLDivElement | null>
  /** In sight, or nearly. */
  isVisible: boolean
  /** px; 0 until known. */
  width: number
  height: number
}

/** Watches an element: whether it is in sight, and how large it is. What is out of sight is neither drawn nor fetched. */
export function useFrame(): Frame {
  const ref = useRef<HTMLDivElement>(null)
  const [isVisible, setVisible] = useState(false)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const sizes = new ResizeObserver(() => setSize({ width: Math.floor(element.clientWidth), height: Math.floor(element.clientHeight) }))
    const sights = new IntersectionObserver(entries => setVisible(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '200px' })
    sizes.observe(element)
    sights.observe(element)
    return () => {
      sizes.disconnect()
      sights.disconnect()
    }
  }, [])
  return { ref, isVisible, ...size }
}
