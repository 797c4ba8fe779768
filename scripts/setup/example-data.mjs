import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

const FOLDER = join(root, 'examples', 'data');
const TARGET = join(FOLDER, 'icbm152-t1.nii.gz');
const NAME = 'mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz';

const NOTE = `# Example data

\`icbm152-t1.nii.gz\` is \`${NAME}\` of nilearn (https://nilearn.github.io, BSD-3-Clause),
copied from its package by \`npm run setup\`: the T1-weighted ICBM 152 nonlinear symmetric average brain
template of 2009 (release a), skull-stripped and re-scaled by nilearn.

The template is not slicescope's and not nilearn's. Its licence:

> Copyright (C) 1993–2004 Louis Collins, McConnell Brain Imaging Centre, Montreal Neurological Institute,
> McGill University. Permission to use, copy, modify, and distribute this software and its documentation
> for any purpose and without fee is hereby granted, provided that the above copyright notice appear in all
> copies. The authors and McGill University make no representations about the suitability of this software
> for any purpose. It is provided "as is" without express or implied warranty. The authors are not
> responsible for any data loss, equipment damage, property loss, or injury to subjects or patients
> resulting from the use or misuse of this software package.

If you publish with it, cite: VS Fonov, AC Evans, K Botteron, CR Almli, RC McKinstry, DL Collins and the
Brain Development Cooperative Group, *Unbiased average age-appropriate atlases for pediatric studies*,
NeuroImage 54 (2011) 313–327; and VS Fonov, AC Evans, RC McKinstry, CR Almli and DL Collins, *Unbiased
nonlinear average age-appropriate brain templates from birth to adulthood*, NeuroImage 47 (2009) S102.
`;

/** The example's volume: real, made by somebody else, and already on this machine inside a package. */
export function copyExampleData(doing) {
  const readme = join(FOLDER, 'README.md');
  if (existsSync(TARGET) && statSync(TARGET).size > 0 && existsSync(readme)) return 'there';
  doing('copying the ICBM 152 T1 template from nilearn');
  const code = 'import importlib.util as u; print(u.find_spec("nilearn").submodule_search_locations[0])';
  const nilearn = run(venvCommand('python'), ['-c', code], 'remove .venv and run npm run setup again.', {
    env: venvEnvironment(),
  }).trim();
  const source = join(nilearn, 'datasets', 'data', NAME);
  if (!existsSync(source))
    throw new SetupError(
      `nilearn has no ${NAME}.`,
      'set nilearn in scripts/setup/requirements-data.txt back to 0.14.1.',
    );
  mkdirSync(FOLDER, { recursive: true });
  copyFileSync(source, TARGET);
  writeFileSync(readme, NOTE);
  return 'copied to examples/data';
}
