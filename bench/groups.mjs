import { cached } from './cached.mjs';
import { inPlace } from './contestants.mjs';
import { cutting } from './cutting.mjs';
import { fifty } from './fifty.mjs';
import { chunks } from './chunks.mjs';
import { files } from './files.mjs';
import { opening } from './opening.mjs';
import { comparePacking } from './packing.mjs';
import { planes } from './planes.mjs';
import { refreshing } from './refreshing.mjs';
import { saving } from './saving.mjs';
import { slabs } from './slabs.mjs';
import { showAll } from './show.mjs';
import { scrubAll, scrubBusy } from './slider.mjs';
import { slow } from './slow.mjs';
import { steady } from './steady.mjs';
import { swapAll } from './swaps.mjs';
import { ratesAll, scrubTogether, startServers } from './throughput.mjs';
import { windowDrag } from './window-drag.mjs';

const ROUNDS = 5;

/**
 * The rows, in groups that are measured together: `measure(stage, add)` starts what it needs from the stage
 * and adds its rows; those that nobody wants are dropped.
 */
export const GROUPS = [
  {
    title: 'Packing',
    ids: ['packing-bench-20', 'packing-bench-100', 'packing-t1-20', 'packing-t1-100'],
    async measure(stage, add) {
      for (const { name, line, value, baseline } of await comparePacking(stage.rounds(8))) {
        add(`packing-${name}-${line}`, `a slice packed, sent at ${line} Mbit/s and unpacked; baseline: sent raw`, {
          unit: 'ms',
          value,
          baseline,
          bound: 0.85,
          bounds: 'ratio',
        });
      }
    },
  },
  {
    title: 'What show costs',
    ids: ['show-first-picture', 'companion-start', 'show-memory'],
    async measure(stage, add) {
      const [context, ours, bare] = [await stage.context(), await stage.ours(), await stage.bare()];
      const cost = await showAll(context, ours, bare, stage.volumePath, stage.rounds(ROUNDS));
      add('show-first-picture', 'calling show to the first picture; baseline: opening the bare page to its first', {
        unit: 'ms',
        value: cost.fromCall,
        fromRunningTheCell: Number(cost.fromCell.toFixed(2)),
        baseline: cost.bareFirstPicture,
        bound: 500,
        bounds: 'value',
      });
      add('companion-start', "the companion's start, in the first show; baseline: a bare worker with an HTTP server", {
        unit: 'ms',
        value: cost.companion,
        baseline: cost.bareWorker,
        bound: 150,
        bounds: 'value',
      });
      add('show-memory', "the kernel's resident memory after show; baseline: the same volume without slicescope", {
        unit: 'MB',
        value: cost.memory,
        baseline: cost.memoryWithout,
        bound: 80,
        bounds: 'difference',
      });
    },
  },
  {
    title: 'Slider to pixels',
    ids: ['slider-vs-article', 'slider-vs-bare', 'bare-vs-article'],
    async measure(stage, add) {
      const context = await stage.context();
      const article = stage.wants('slider-vs-article', 'bare-vs-article') ? await stage.article() : null;
      const ours = stage.wants('slider-vs-article', 'slider-vs-bare') ? await stage.ours() : null;
      if (ours) await ours.show();
      const bare = await stage.bare();
      const there = ours && inPlace(bare, ours);
      const contestants = [article, bare, there, ours].filter(Boolean);
      const times = await scrubAll(context, contestants, stage.rounds(ROUNDS), stage.amount(60, 16));
      const compare = (id, what, one, other, bound) => {
        if (!times[one] || !times[other]) return;
        const [a, b] = [times[one], times[other]];
        const p95 = { value: Number(a.p95.toFixed(2)), baseline: Number(b.p95.toFixed(2)) };
        const more = other === 'bareInPlace' ? { onBlankPage: times.bare.p50 } : {};
        add(id, what, { unit: 'ms', value: a.p50, baseline: b.p50, bound, bounds: 'ratio', p95, ...more });
      };
      compare('slider-vs-article', 'slider to pixels, p50, nothing cached', 'ours', 'article', 0.7);
      compare('slider-vs-bare', 'slider to pixels, p50, nothing cached', 'ours', 'bareInPlace', 1.1);
      compare(
        'bare-vs-article',
        'the bare page against the article: a check of the bench itself',
        'bare',
        'article',
        1,
      );
    },
  },
  cached,
  steady,
  refreshing,
  planes,
  slow,
  opening,
  fifty,
  files,
  saving,
  chunks,
  {
    title: 'Slider to pixels while a cell spins',
    ids: ['slider-while-busy'],
    async measure(stage, add) {
      const ours = await stage.ours();
      await ours.show();
      const { idle, busy } = await scrubBusy(await stage.context(), ours, stage.rounds(3), stage.amount(40, 12));
      add('slider-while-busy', 'slider to pixels, p50, while a cell spins; baseline: ours idle', {
        unit: 'ms',
        value: busy.p50,
        baseline: idle.p50,
        bound: 2.5,
        bounds: 'ratio',
      });
    },
  },
  {
    title: 'Fifty swaps',
    ids: ['swap-memory'],
    async measure(stage, add) {
      const { first, last } = await swapAll(await stage.context(), await stage.ours(), stage.amount(50, 8));
      const ratio = (name) => last[name] / first[name];
      const grew = ratio('kernel') > ratio('pages') ? 'kernel' : 'pages';
      add(
        'swap-memory',
        "memory after 50 swaps of 128 MB volumes, the kernel's or the pages'; baseline: after the 2nd",
        {
          unit: 'MB',
          value: last[grew],
          baseline: first[grew],
          bound: 1.1,
          bounds: 'ratio',
          kernel: Number(ratio('kernel').toFixed(3)),
          pages: Number(ratio('pages').toFixed(3)),
        },
      );
    },
  },
  {
    title: 'Slices a second, and many pages at once',
    ids: ['slices-xy', 'slices-xz', 'slices-yz', 'scrub-64', 'scrub-64-memory'],
    async measure(stage, add) {
      const servers = await stage.own(startServers());
      if (stage.wants('scrub-64', 'scrub-64-memory')) {
        const before = servers.memory / 1e6;
        const durationMs = stage.amount(3000, 1000);
        const one = await scrubTogether(servers, 1, durationMs);
        const many = await scrubTogether(servers, 64, durationMs);
        add('scrub-64', 'wish to slice, p95 of a page, 64 pages scrub at once; baseline: one page', {
          unit: 'ms',
          value: many.p95,
          baseline: one.p95,
          bound: null,
          bounds: 'ratio',
          worst: Math.round(many.worst),
          slicesASecond: { value: Math.round(many.slices), baseline: Math.round(one.slices) },
        });
        add('scrub-64-memory', "the server's most resident memory, 64 pages scrub; baseline: before any page", {
          unit: 'MB',
          value: many.memory / 1e6,
          baseline: before,
          bound: null,
          bounds: 'difference',
        });
      }
      if (!stage.wants('slices-xy', 'slices-xz', 'slices-yz')) return;
      const rates = await ratesAll(servers, stage.rounds(ROUNDS), stage.amount(512, 128));
      const bounded = { unit: '/s', bounds: 'ratio', at: 'least' };
      add('slices-xy', 'slices of xy a second; baseline: a bare ws server', {
        ...bounded,
        value: rates.xy,
        baseline: rates.bare,
        bound: 0.9,
      });
      for (const plane of ['xz', 'yz']) {
        add(`slices-${plane}`, `slices of ${plane} a second; baseline: of xy`, {
          ...bounded,
          value: rates[plane],
          baseline: rates.xy,
          bound: 0.6,
          firstPass: Math.round(rates[`${plane}First`]),
        });
      }
    },
  },
  {
    title: 'Slabs',
    ids: ['slab-max-16'],
    async measure(stage, add) {
      const { xy, ...across } = await slabs(stage.rounds(ROUNDS));
      add('slab-max-16', 'the maximum of 16 slices of xy of 512 × 512 × 512 uint16; baseline: cutting the 16', {
        unit: 'ms',
        value: xy.slab,
        baseline: xy.slices,
        bound: null,
        bounds: 'ratio',
        ...Object.fromEntries(
          Object.entries(across).map(([plane, { slab, slices }]) => [plane, Number((slab / slices).toFixed(2))]),
        ),
      });
    },
  },
  windowDrag,
  cuttingGroup([512, 512, 512], '512'),
  cuttingGroup([2048, 2048, 512], '2048'),
];

function cuttingGroup(shape, name) {
  return {
    title: `Cutting ${shape.join(' × ')}`,
    ids: ['xz', 'yz'].map((plane) => `cut-${plane}-${name}`),
    async measure(stage, add) {
      for (const plane of ['xz', 'yz']) {
        const id = `cut-${plane}-${name}`;
        if (!stage.wants(id)) continue;
        const { blocks, memcpy, ...others } = await cutting(shape, plane, stage.rounds(ROUNDS));
        const gigabytes = Object.entries(others).map(([key, value]) => [key, Number((value / 1e9).toFixed(3))]);
        add(id, `cutting ${plane} of ${shape.join(' × ')} uint16 from its blocks; baseline: memcpy`, {
          unit: 'GB/s',
          value: blocks / 1e9,
          baseline: memcpy / 1e9,
          bound: null,
          bounds: 'ratio',
          ...Object.fromEntries(gigabytes),
        });
      }
    },
  };
}
