import type { ICallbacks, IClassicComm } from '@jupyter-widgets/base';
import { UUID } from '@lumino/coreutils';
import type { ClientComm, Connection, ServerComm } from 'slicescope/lib/src/viewer';

type MessageHandler = Parameters<IClassicComm['on_msg']>[0];

/**
 * A widget's comm over the companion's WebSocket. A state update is answered by its echo, with which the
 * widget counts it as processed: until then the next ones are gathered, so that a slow line carries the
 * newest state and not every one.
 */
export class CompanionComm implements IClassicComm {
  readonly comm_id: string;
  readonly target_name = 'jupyter.widget';
  readonly #connection: Pick<Connection, 'comm'>;
  /** Updates that the companion has not answered, the oldest first. */
  readonly #pending: Map<string, { readonly message: ClientComm; readonly callbacks: ICallbacks }> = new Map();
  #handler: MessageHandler | null = null;

  constructor(viewId: string, connection: Pick<Connection, 'comm'>) {
    this.comm_id = viewId;
    this.#connection = connection;
  }

  send(data: unknown, callbacks?: ICallbacks): string {
    const msgId = UUID.uuid4();
    const message = data as ClientComm;
    if (message.method === 'update' && callbacks !== undefined) this.#pending.set(msgId, { message, callbacks });
    this.#connection.comm(this.comm_id, msgId, message);
    return msgId;
  }

  /** What the companion says of the view. */
  deliver(data: ServerComm, parentId: string): void {
    const message = {
      content: { comm_id: this.comm_id, data },
      parent_header: { msg_id: parentId },
      metadata: {},
      buffers: [],
    };
    this.#handler?.(message);
    this.#settle(parentId);
  }

  /**
   * There is another connection. Whether what was under way on the old one has arrived can't be known: it is
   * said again, as the widget waits for its echo, unless it was about another volume.
   */
  reset(isSameVolume: boolean): void {
    for (const [msgId, { message }] of [...this.#pending]) {
      if (isSameVolume) this.#connection.comm(this.comm_id, msgId, message);
      else this.#settle(msgId);
    }
  }

  on_msg(callback: MessageHandler): void {
    this.#handler = callback;
  }

  on_close(): void {
    // The companion's views are closed by a message of their own, which the manager takes.
  }

  open(): string {
    return '';
  }

  close(): string {
    return '';
  }

  #settle(msgId: string): void {
    const status = this.#pending.get(msgId)?.callbacks.iopub?.status;
    this.#pending.delete(msgId);
    status?.({ content: { execution_state: 'idle' } } as Parameters<typeof status>[0]);
  }
}
