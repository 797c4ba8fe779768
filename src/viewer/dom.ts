/**
 * An element with a class. While it has the focus its keys are its own and not JupyterLab's, which asks the
 * focused element itself first and only then those around it: each needs the mark.
 */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.dataset.lmSuppressShortcuts = 'true';
  return made;
}
