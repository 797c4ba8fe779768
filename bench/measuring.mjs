import { killPrograms } from './processes.mjs';
import { failedRow, row } from './report.mjs';

/** A group that takes longer hangs. */
const LIMIT_MS = 30 * 60_000;
/** For closing what a group that failed has opened. */
const CLOSE_LIMIT_MS = 60_000;

/** `work`, or an error if it takes longer than `limitMs`. */
async function withinLimit(work, limitMs) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Measure the rows of one group that the stage wants. A row that was not measured says why, and a group that failed
 * leaves nothing open.
 */
async function measureGroup({ title, ids, measure }, stage, onRow, limitMs) {
  const rows = new Map();
  const put = (made) => {
    rows.set(made.id, made);
    onRow(made);
  };
  let isOver = false;
  const add = (id, what, fields) => {
    if (isOver) throw new Error(`row ${id} came after its group was given up`); // It ends there.
    if (!ids.includes(id)) throw new Error(`row ${id} is not among the ids of its group, ${ids.join(', ')}`);
    if (stage.wants(id)) put(row({ id, what, ...fields }, { isBound: !stage.quick }));
  };
  const began = performance.now();
  let error = null;
  try {
    await withinLimit(
      Promise.resolve().then(() => measure(stage, add)),
      limitMs,
    );
    await stage.closeOwn();
  } catch (thrown) {
    error = thrown;
    isOver = true;
    console.error(thrown);
    // A page or a server may be in any state. The next group has new ones.
    await withinLimit(stage.close(), CLOSE_LIMIT_MS).catch((reason) => console.error(reason));
    killPrograms();
  }
  const missing = ids.filter((id) => stage.wants(id) && !rows.has(id));
  for (const id of missing) put(failedRow(id, error?.message ?? 'the group has ended without this row'));
  const seconds = Math.round((performance.now() - began) / 1000);
  return { rows: [...rows.values()], group: { title, seconds, ...(error && { error: error.message }) } };
}

/**
 * Measure the groups that have a row that the stage wants, one after another. A group that fails keeps none of the
 * others from being measured.
 */
export async function measureGroups(groups, stage, { onGroup, onRow, limitMs = LIMIT_MS }) {
  const results = { groups: [], rows: [] };
  for (const group of groups.filter(({ ids }) => stage.wants(...ids))) {
    onGroup(group);
    const measured = await measureGroup(group, stage, onRow, limitMs);
    results.groups.push(measured.group);
    results.rows.push(...measured.rows);
  }
  return results;
}
