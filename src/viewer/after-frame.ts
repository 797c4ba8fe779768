/**
 * Run a task when the next frame is on its way: a picture that is drawn now comes first. A hidden page makes no frames, and
 * the task waits until it is seen. The function forgets the task.
 */
export function afterFrame(task: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(task);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
