export { Companion, type CompanionOptions, type NewView } from './companion';
