/** Joins class names, dropping what is false. */
export { clsx as classes } from 'clsx'
