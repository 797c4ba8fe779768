import {
  drawerOf,
  encodePng,
  fileOptions,
  rangeOptions,
  writeAnimation,
  writeMontage,
  writeSlice,
  writeStack,
  type AnimationOptions,
  type FileOptions,
  type MontageOptions,
  type RangeOptions,
  type SliceExport,
  type StackExport,
} from '../export';
import { displayedBytes } from './picture-bytes';
import { ViewProperties } from './view-properties';

/** What a view shows, written to files. */
export abstract class ViewExports extends ViewProperties {
  /**
   * Write what the view shows: the slice with all that is drawn over it, rotated and mirrored, the part that it is zoomed in to.
   * Options as of the function `exportSlice`; a look that they give is not the view's.
   * @returns the file's absolute path; without a path the bytes of a PNG, which a notebook displays
   * @throws SlicescopeError `invalid-argument`, `unsupported-format`, `file-exists`, `write-failed`.
   */
  async exportSlice(path: string, options?: FileOptions): Promise<string>;
  async exportSlice(): Promise<Uint8Array>;
  async exportSlice(path?: string, options: FileOptions = {}): Promise<string | Uint8Array> {
    const caller = 'view.exportSlice';
    if (path !== undefined) return await writeSlice(this.#exported(options, caller), path, caller);
    const what = this.#exported(options, caller);
    return displayedBytes(await encodePng(await (await drawerOf(what, caller))(what.settings)));
  }

  /** Write slices as the view shows its one, as the function `exportStack` does. @returns the files' absolute paths */
  async exportStack(path: string, options: FileOptions & RangeOptions = {}): Promise<string[]> {
    return await writeStack(this.#range(options, 'view.exportStack'), path, 'view.exportStack');
  }

  /** Write slices as the view shows its one, as the function `exportMontage` does. @returns the file's absolute path */
  async exportMontage(
    path: string,
    options: FileOptions & RangeOptions & Pick<MontageOptions, 'columns'> = {},
  ): Promise<string> {
    const { columns, ...others } = options;
    return await writeMontage(this.#range(others, 'view.exportMontage'), path, columns, 'view.exportMontage');
  }

  /** Write slices as the view shows its one, as the function `exportAnimation` does. @returns the file's absolute path */
  async exportAnimation(
    path: string,
    options: FileOptions & RangeOptions & Pick<AnimationOptions, 'perSecond' | 'bounce'> = {},
  ): Promise<string> {
    const { perSecond, bounce, ...others } = options;
    const timing = { ...(perSecond === undefined ? {} : { perSecond }), ...(bounce === undefined ? {} : { bounce }) };
    return await writeAnimation(this.#range(others, 'view.exportAnimation'), path, timing, 'view.exportAnimation');
  }

  /** What the view shows now, each volume as it is shown. */
  protected abstract readShown(): Omit<SliceExport, 'options'>;

  #exported(options: FileOptions, caller: string): SliceExport {
    const { file } = fileOptions(options, caller);
    return { ...this.readShown(), options: file };
  }

  #range({ from, to, step, onProgress, signal, ...file }: FileOptions & RangeOptions, caller: string): StackExport {
    return { ...this.#exported(file, caller), range: rangeOptions({ from, to, step, onProgress, signal }, caller) };
  }
}
