/** Whether a browser that this process opens would be seen: not over SSH, in tests, nor where Linux has no display. */
export function hasScreen(): boolean {
  const { env, platform } = process;
  if (env.SSH_CONNECTION !== undefined || env.CI !== undefined || env.NODE_ENV === 'test') return false;
  const displays = [env.DISPLAY, env.WAYLAND_DISPLAY, env.WSL_DISTRO_NAME];
  return platform !== 'linux' || displays.some((display) => display !== undefined && display !== '');
}

/** Open a page in the person's own browser. Rejects where there is no program that would. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import('open'); // An ES module, and only needed here.
  await open(url);
}
