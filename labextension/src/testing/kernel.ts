import type { ICallbacks, IClassicComm, WidgetModel, WidgetView } from '@jupyter-widgets/base';
import { ManagerBase } from '@jupyter-widgets/base-manager';
import type { ClientComm, ViewState } from '../../../src/viewer';
import { SliceModel } from '../model';
import { SliceView } from '../view';

type Message = Parameters<Parameters<IClassicComm['on_msg']>[0]>[0];

/** A widget's comm, whose other end a test is. */
export class MockComm implements IClassicComm {
  readonly comm_id = 'mock';
  readonly target_name = 'jupyter.widget';
  /** What the widget has sent since it was asked last, with what it waits for. */
  #sent: { readonly id: string; readonly data: ClientComm; readonly callbacks: ICallbacks | undefined }[] = [];
  #count = 0;
  isClosed = false;
  #hear: (message: Message) => unknown = () => undefined;

  send(data: unknown, callbacks?: ICallbacks): string {
    const id = `message-${String(++this.#count)}`;
    this.#sent.push({ id, data: data as ClientComm, callbacks });
    return id;
  }

  on_msg(hear: (message: Message) => unknown): void {
    this.#hear = hear;
  }

  on_close(): void {}

  open(): string {
    return '';
  }

  close(): string {
    this.isClosed = true;
    return '';
  }

  sent(): ClientComm[] {
    return this.#sent.splice(0).map(({ data }) => data);
  }

  /** Say something as the kernel. Resolves when the widget has taken it. */
  async say(said: object, parentId = '', buffers: readonly DataView[] = []): Promise<void> {
    const data: unknown = JSON.parse(JSON.stringify(said)); // The widget makes what it wants of its copy.
    const message = { content: { comm_id: this.comm_id, data }, parent_header: { msg_id: parentId }, buffers };
    await this.#hear(message);
  }

  async update(state: Partial<ViewState>): Promise<void> {
    await this.say({ method: 'update', state, buffer_paths: [] });
  }

  /** Answer the oldest change that the widget has sent, as a kernel does: an echo, then the message's end. */
  async answer(): Promise<Partial<ViewState>> {
    const at = this.#sent.findIndex(({ data }) => data.method === 'update');
    const [change] = at < 0 ? [] : this.#sent.splice(at, 1);
    if (change === undefined || change.data.method === 'custom') throw new Error('nothing waits for an answer');
    const { state } = change.data;
    await this.say({ method: 'echo_update', state, buffer_paths: [] }, change.id);
    const status = change.callbacks?.iopub?.status;
    status?.({ content: { execution_state: 'idle' } } as Parameters<typeof status>[0]);
    return state;
  }
}

/** A widget manager as any kernel with comms has one. */
export class KernelManager extends ManagerBase {
  async makeModel(comm: MockComm, state: Partial<ViewState> = {}): Promise<SliceModel> {
    const names = { model_name: 'SliceModel', model_module: 'slicescope', model_module_version: '0.1.0' };
    const model = await this.new_model({ ...names, comm }, state);
    if (!(model instanceof SliceModel)) throw new Error('another model was made');
    return model;
  }

  protected override loadClass(name: string): Promise<typeof WidgetModel | typeof WidgetView> {
    return Promise.resolve(name === 'SliceModel' ? SliceModel : SliceView);
  }

  protected override _create_comm(): Promise<never> {
    return Promise.reject(new Error('a test gives its comm'));
  }

  // oxlint-disable-next-line typescript/no-empty-object-type -- the base class' own type
  protected override _get_comm_info(): Promise<{}> {
    return Promise.resolve({});
  }
}
