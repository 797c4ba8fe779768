/** The viewer, without Jupyter: what runs in a browser page. */
export type { Needs } from './detail';
export { tileCache, type Slice } from './slice-cache';
export { SliceFeed } from './slice-feed';
export { warmUp } from './scene';
export { RESET } from './moves';
export { sliceText } from './slice-text';
export { stillOf, type Still } from './still';
export { setTranslator, text, type Translate } from './text';
export { PLAIN_SETTINGS, pictureKey, settled, shownOrientation } from '../shading';
export { Connection, type ChannelListener, type CompanionAddress, type Line, type Locate } from './transport';
export { Viewer, type Notice, type ViewerModel } from './viewer';
export {
  SlicescopeError,
  VIEW_MIME,
  decodeFrame,
  messageOf,
  parsePictureKey,
  parseServerContent,
  parseViewBundle,
  type Access,
  type ClientComm,
  type ClientContent,
  type Frame,
  type Plane,
  type ServerComm,
  type ServerContent,
  type ViewBundle,
  type ViewSettings,
  type ViewState,
} from '../protocol';
