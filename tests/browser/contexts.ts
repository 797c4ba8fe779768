/** The page's WebGL contexts, in the order they were made. */
export interface Contexts {
  contexts: WebGL2RenderingContext[];
}

/** Record the contexts of a page; runs in it before anything else. */
export function recordContexts(): void {
  const contexts: unknown[] = [];
  (window as unknown as { contexts: unknown[] }).contexts = contexts;
  for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
    const prototype = kind.prototype as unknown as { getContext: (...args: unknown[]) => unknown };
    const original = prototype.getContext;
    prototype.getContext = function (this: unknown, ...args: unknown[]) {
      const context = original.apply(this, args);
      if (context !== null && String(args[0]).startsWith('webgl') && !contexts.includes(context))
        contexts.push(context);
      return context;
    };
  }
}
