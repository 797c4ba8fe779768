import { damagedFileTests } from './testing/damaged-hdf5';

damagedFileTests({ places: 16 });
