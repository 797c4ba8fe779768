/** The MIME type of a view in a notebook's output. It carries ids only: no URL, no port, no secret. */
export const VIEW_MIME = 'application/vnd.slicescope.view.v1+json';

export interface ViewBundle {
  /** Jupyter's id of the kernel whose companion has the view. */
  readonly kernelId: string;
  readonly viewId: string;
}

/** What an output's metadata say of its `image/png`. */
export interface ViewMetadata {
  readonly [VIEW_MIME]: {
    /** The state that the picture shows (`pictureKey`), so that a page can tell whether it shows another one. */
    readonly picture: string;
  };
}

const ID = /^[\w-]{1,128}$/;

/** The ids in an output's data, or null if it is not a view's. What a notebook holds may be anything. */
export function parseViewBundle(value: unknown): ViewBundle | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kernelId, viewId } = value as Readonly<Record<string, unknown>>;
  if (typeof kernelId !== 'string' || typeof viewId !== 'string' || !ID.test(kernelId) || !ID.test(viewId)) return null;
  return { kernelId, viewId };
}

/** What the metadata of an output say of its picture, or null if they say nothing. */
export function parsePictureKey(metadata: unknown): string | null {
  const ours = (metadata as Readonly<Record<string, unknown>> | null | undefined)?.[VIEW_MIME];
  const picture = (ours as Readonly<Record<string, unknown>> | null | undefined)?.picture;
  return typeof picture === 'string' ? picture : null;
}

/** What a companion tells Jupyter's server of itself, in a file that only its user can read. */
export interface CompanionRecord {
  readonly port: number;
  /** 256 bits, as 64 hexadecimal digits. */
  readonly secret: string;
  /** The same for pages that may only look. */
  readonly readerSecret: string;
  readonly pid: number;
}
