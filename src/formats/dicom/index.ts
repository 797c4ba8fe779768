export { dicom } from './read';
