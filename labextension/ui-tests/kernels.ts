import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JupyterServer } from './jupyter';

/** Call Jupyter's REST API; rejects unless it answers with success. */
async function call(server: JupyterServer, method: string, path: string, content?: object): Promise<Response> {
  const response = await fetch(`${server.url}api/${path}`, {
    method,
    headers: { Authorization: `token ${server.token}` },
    body: content === undefined ? null : JSON.stringify(content),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${await response.text()}`);
  return response;
}

/** A kernel, and the session by which Jupyter knows whose notebook it is. */
export interface Session {
  readonly id: string;
  readonly kernel: { readonly id: string };
}

/**
 * Start the kernel of a notebook in the server's folder: JupyterLab takes it when it opens the notebook, and it has been
 * starting while the page was loading.
 */
export async function startKernel(server: JupyterServer, name: string): Promise<Session> {
  const { metadata } = JSON.parse(readFileSync(join(server.folder, name), 'utf8')) as {
    metadata: { kernelspec: { name: string } };
  };
  const path = server.prefix + name;
  const kernel = { name: metadata.kernelspec.name };
  return (await (await call(server, 'POST', 'sessions', { path, name, type: 'notebook', kernel })).json()) as Session;
}

/** Give a kernel that runs to another notebook. Rejects if its session is gone. */
export async function passKernel(server: JupyterServer, { id }: Session, name: string): Promise<void> {
  await call(server, 'PATCH', `sessions/${id}`, { path: server.prefix + name, name });
}

/** End a session and its kernel, if they are there. */
export async function endSession(server: JupyterServer, { id }: Session): Promise<void> {
  await call(server, 'DELETE', `sessions/${id}`).catch(() => undefined);
}

export async function restartKernel(server: JupyterServer, id: string): Promise<void> {
  await call(server, 'POST', `kernels/${id}/restart`);
}

export async function interruptKernel(server: JupyterServer, id: string): Promise<void> {
  await call(server, 'POST', `kernels/${id}/interrupt`);
}

/** Resolves when the kernel's process has ended. */
export async function shutDownKernel(server: JupyterServer, id: string): Promise<void> {
  await call(server, 'DELETE', `kernels/${id}`);
}

export async function kernelState(server: JupyterServer, id: string): Promise<string> {
  const { execution_state: state } = (await (await call(server, 'GET', `kernels/${id}`)).json()) as {
    execution_state: string;
  };
  return state;
}

/** End every session of a server of one's own, and its kernel. */
export async function shutDownAll(server: JupyterServer): Promise<void> {
  const sessions = (await (await call(server, 'GET', 'sessions')).json()) as Session[];
  for (const session of sessions) await endSession(server, session);
}

/** What a kernel's companion has written of itself. */
export function recordOf(server: JupyterServer, kernelId: string): { port: number; secret: string; pid: number } {
  const text = readFileSync(join(server.runtimeDir, `slicescope-${kernelId}.json`), 'utf8');
  return JSON.parse(text) as { port: number; secret: string; pid: number };
}

/** The names of our files in the runtime folder that are about this kernel, whole ones or not. */
export function filesOf(server: JupyterServer, kernelId: string): string[] {
  return readdirSync(server.runtimeDir)
    .filter((name) => name.startsWith(`slicescope-${kernelId}`))
    .sort();
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A cell that keeps the companion's threads in `companions`, for later cells; not the threads that read files. */
export const KEEP_COMPANIONS = `
  const threads = require('node:worker_threads');
  const companions: any[] = [];
  threads.Worker = class extends threads.Worker {
    constructor(file: string, options: any) {
      super(file, options);
      if (/kernel-server.worker\\.js$/.test(file)) companions.push(this);
    }
  };`;
